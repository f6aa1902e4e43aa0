<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja_JP">
<context>
    <name>AttentionStory</name>
    <message>
        <source>Where it looks</source>
        <translation>注目している場所</translation>
    </message>
    <message>
        <source>Bright is what the network attends to, in the same images from the start of the run until now.</source>
        <translation>明るい部分ほどネットワークが注目しています。同じ画像について、学習の開始から現在までを並べています。</translation>
    </message>
</context>
<context>
    <name>BalanceCurves</name>
    <message>
        <source>Balance, adapted to what training shows</source>
        <translation>学習の様子に合わせた配分</translation>
    </message>
    <message>
        <source>Hidden part of a masked image, in %</source>
        <translation>隠す部分の割合（%）</translation>
    </message>
    <message>
        <source>Weight of telling images apart</source>
        <translation>画像を見分ける学習の重み</translation>
    </message>
</context>
<context>
    <name>CardDelegate</name>
    <message>
        <source>Missing</source>
        <translation>見つかりません</translation>
    </message>
    <message>
        <source>Unreadable</source>
        <translation>読めません</translation>
    </message>
    <message>
        <source>no tag</source>
        <translation>タグなし</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>不明</translation>
    </message>
</context>
<context>
    <name>ClassButton</name>
    <message>
        <source>Tag the selected images as &quot;{name}&quot;</source>
        <translation>選択した画像に「{name}」のタグを付けます</translation>
    </message>
    <message>
        <source>{count} tagged</source>
        <translation>タグ {count}</translation>
    </message>
    <message>
        <source>{count} predicted</source>
        <translation>予測 {count}</translation>
    </message>
    <message>
        <source>good part</source>
        <translation>良品</translation>
    </message>
</context>
<context>
    <name>ClassDialog</name>
    <message>
        <source>New class</source>
        <translation>クラスの追加</translation>
    </message>
    <message>
        <source>Change class</source>
        <translation>クラスの変更</translation>
    </message>
    <message>
        <source>e.g. Good, Scratch, Dent</source>
        <translation>例：良品、キズ、打痕</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>選択…</translation>
    </message>
    <message>
        <source>This class means good parts</source>
        <translation>このクラスは良品を表します</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>キー</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>色</translation>
    </message>
    <message>
        <source>Please enter a name.</source>
        <translation>名前を入力してください。</translation>
    </message>
    <message>
        <source>Colour of the class</source>
        <translation>クラスの色</translation>
    </message>
</context>
<context>
    <name>ClassPanel</name>
    <message>
        <source>Change…</source>
        <translation>変更…</translation>
    </message>
    <message>
        <source>Means good parts</source>
        <translation>良品クラスにする</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>削除…</translation>
    </message>
    <message>
        <source>Change or remove the class {name}</source>
        <translation>クラス「{name}」の変更・削除</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>クラス</translation>
    </message>
    <message>
        <source>Add a class…</source>
        <translation>クラスを追加…</translation>
    </message>
    <message>
        <source>Select images, then press a class&apos;s key or click it. 0 removes the tag.</source>
        <translation>画像を選び、クラスのキーを押すか、クラスをクリックします。0 でタグを外します。</translation>
    </message>
    <message>
        <source>Add a class for good parts and one for each kind of defect you want to find.</source>
        <translation>良品のクラスと、見つけたい不良の種類ごとのクラスを追加してください。</translation>
    </message>
</context>
<context>
    <name>ConfusionModel</name>
    <message numerus="yes">
        <source>%n image(s) tagged &quot;{name}&quot;: a person is asked</source>
        <translation>
            <numerusform>「{name}」のタグ付き画像 %n 枚：人に確認</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) tagged &quot;{name}&quot;: judged so</source>
        <translation>
            <numerusform>「{name}」のタグ付き画像 %n 枚：そのとおりに判定</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) tagged &quot;{name}&quot;: judged &quot;{other}&quot;</source>
        <translation>
            <numerusform>「{name}」のタグ付き画像 %n 枚：「{other}」と判定</numerusform>
        </translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>要確認</translation>
    </message>
</context>
<context>
    <name>Core</name>
    <message>
        <source>The encoder in use cannot be deleted. Use another one first.</source>
        <translation>使用中のエンコーダーは削除できません。先に別のものを使ってください。</translation>
    </message>
    <message>
        <source>this is a folder, not an image file</source>
        <translation>画像ファイルではなく、フォルダーです</translation>
    </message>
    <message>
        <source>this is not a plain file</source>
        <translation>通常のファイルではありません</translation>
    </message>
    <message>
        <source>the file is too large ({size} GiB; 2 GiB at most)</source>
        <translation>ファイルが大きすぎます（{size} GiB。上限は 2 GiB）</translation>
    </message>
    <message>
        <source>no permission to read this file, or another program has locked it</source>
        <translation>読み取る権限がないか、ほかのプログラムが使用中です</translation>
    </message>
    <message>
        <source>not enough memory to read this file</source>
        <translation>メモリが足りず、ファイルを読めません</translation>
    </message>
    <message>
        <source>the file could not be read ({reason})</source>
        <translation>ファイルを読めません（{reason}）</translation>
    </message>
    <message>
        <source>the file is empty (0 bytes)</source>
        <translation>ファイルが空です（0 バイト）</translation>
    </message>
    <message>
        <source>not enough memory to decode this image</source>
        <translation>メモリが足りず、画像を展開できません</translation>
    </message>
    <message>
        <source>the image has no pixels ({width} x {height})</source>
        <translation>画素がありません（{width} × {height}）</translation>
    </message>
    <message>
        <source>the image is too large: {width} x {height} pixels, {limit} megapixels at most</source>
        <translation>画像が大きすぎます（{width} × {height} 画素。上限は {limit} メガピクセル）</translation>
    </message>
    <message>
        <source>the TIFF file is damaged, cut off, or of a kind that cannot be read; save it uncompressed or as PNG</source>
        <translation>TIFF ファイルが壊れているか、途中で切れているか、読めない形式です。非圧縮または PNG で保存し直してください</translation>
    </message>
    <message>
        <source>the content is not a BMP, PNG, JPEG, TIFF, WebP or PNM image</source>
        <translation>中身が BMP、PNG、JPEG、TIFF、WebP、PNM の画像ではありません</translation>
    </message>
    <message>
        <source>the file is cut off: its end is missing</source>
        <translation>ファイルが途中で切れています（末尾がありません）</translation>
    </message>
    <message>
        <source>the file is damaged at its beginning</source>
        <translation>ファイルの先頭が壊れています</translation>
    </message>
    <message>
        <source>the file is damaged</source>
        <translation>ファイルが壊れています</translation>
    </message>
    <message>
        <source>its folder is not there; connect the drive, or tell the project where the folder is now</source>
        <translation>フォルダーが見つかりません。ドライブを接続するか、フォルダーの現在の場所を指定してください</translation>
    </message>
    <message>
        <source>The folder {path} is not a folder. Check the path, or connect the drive that holds it.</source>
        <translation>{path} はフォルダーではありません。場所を確かめるか、ドライブを接続してください。</translation>
    </message>
    <message>
        <source>The folder {path} does not exist. Check the path, or connect the drive that holds it.</source>
        <translation>フォルダー {path} がありません。場所を確かめるか、ドライブを接続してください。</translation>
    </message>
    <message>
        <source>The folder {path} cannot be read ({reason}). Check its permissions.</source>
        <translation>フォルダー {path} を読めません（{reason}）。アクセス権を確かめてください。</translation>
    </message>
    <message>
        <source>{path} is not a folder. Choose a folder for the project.</source>
        <translation>{path} はフォルダーではありません。プロジェクト用のフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>This folder is not part of the project. Open it as a new folder.</source>
        <translation>このフォルダーはプロジェクトにありません。新しいフォルダーとして開いてください。</translation>
    </message>
    <message>
        <source>The folder {path} is already open in this project. Choose another folder.</source>
        <translation>フォルダー {path} は、このプロジェクトですでに開いています。別のフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>{path} belongs to another program. Choose another folder for the project.</source>
        <translation>{path} は別のプログラムのファイルです。プロジェクトには別のフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>The project {path} was made with a newer version of this program (format {version}; this version reads up to {known}). Update the program to open it.</source>
        <translation>プロジェクト {path} は、より新しいバージョンで作られています（形式 {version}。このバージョンで読めるのは {known} まで）。プログラムを更新してから開いてください。</translation>
    </message>
    <message>
        <source>{path} is not a project file. Choose another folder for the project.</source>
        <translation>{path} はプロジェクトファイルではありません。プロジェクトには別のフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>The project file {path} is damaged. Restore the project folder from a backup.</source>
        <translation>プロジェクトファイル {path} が壊れています。バックアップからプロジェクトのフォルダーを復元してください。</translation>
    </message>
    <message>
        <source>The disk that holds {path} is full; the last change was not saved. Free some space and try again.</source>
        <translation>{path} のあるディスクがいっぱいです。最後の変更は保存されていません。空きを作ってからやり直してください。</translation>
    </message>
    <message>
        <source>Another program is using {path}; the last change was not saved. Close it there and try again.</source>
        <translation>{path} をほかのプログラムが使用中です。最後の変更は保存されていません。そちらを閉じてからやり直してください。</translation>
    </message>
    <message>
        <source>The project file {path} could not be used ({reason}). Check the disk, then try again.</source>
        <translation>プロジェクトファイル {path} を使えません（{reason}）。ディスクを確かめてからやり直してください。</translation>
    </message>
    <message>
        <source>The project folder {path} cannot be written. Choose a folder that you may write to, or change its permissions.</source>
        <translation>プロジェクトのフォルダー {path} に書き込めません。書き込めるフォルダーを選ぶか、アクセス権を変更してください。</translation>
    </message>
    <message>
        <source>The sample pictures could not be written to {path}: {reason}. Choose a folder that you may write to, on a disk with free space.</source>
        <translation>サンプル画像を {path} に書き込めません（{reason}）。空きのあるディスクの、書き込めるフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>{path}: {reason}. Check the place and its free space, then try again.</source>
        <translation>{path}：{reason}。場所と空き容量を確かめてからやり直してください。</translation>
    </message>
    <message>
        <source>This class was removed from the project. Choose or add another class.</source>
        <translation>このクラスはプロジェクトから削除されています。別のクラスを選ぶか、追加してください。</translation>
    </message>
    <message>
        <source>The class has no name. Type a name for it.</source>
        <translation>クラスの名前がありません。名前を入力してください。</translation>
    </message>
    <message>
        <source>The class name holds a line break or another invisible character. Type the name anew.</source>
        <translation>クラスの名前に改行などの見えない文字が含まれています。入力し直してください。</translation>
    </message>
    <message>
        <source>There is already a class named {name}. Choose another name.</source>
        <translation>「{name}」というクラスはすでにあります。別の名前にしてください。</translation>
    </message>
    <message>
        <source>The key {key} cannot tag a class. Choose a digit from 1 to 9, or a letter other than u.</source>
        <translation>キー {key} はクラスに使えません。1～9 の数字か、u 以外の英字を選んでください。</translation>
    </message>
    <message>
        <source>The key {key} already belongs to the class {name}. Choose another key.</source>
        <translation>キー {key} はクラス「{name}」で使われています。別のキーを選んでください。</translation>
    </message>
    <message>
        <source>{color} is not a colour. Write it as #rrggbb.</source>
        <translation>{color} は色ではありません。#rrggbb の形で入力してください。</translation>
    </message>
    <message>
        <source>An image that cannot be opened cannot be tagged. Take it out of the selection and try again.</source>
        <translation>開けない画像にはタグを付けられません。選択から外してやり直してください。</translation>
    </message>
    <message>
        <source>Pretraining was cancelled while the images were being read; nothing was trained.</source>
        <translation>画像の読み込み中に事前学習を中止しました。学習は行われていません。</translation>
    </message>
    <message>
        <source>Pretraining needs at least {needed} readable images; {count} were found and {failed} could not be read. Add more images of the same product.</source>
        <translation>事前学習には読める画像が {needed} 枚以上必要です。見つかったのは {count} 枚、読めなかったのは {failed} 枚です。同じ製品の画像を追加してください。</translation>
    </message>
    <message>
        <source>Training became unstable: the loss is no longer a number. Start again with another seed or a lower learning rate; the encoder you had before is unchanged.</source>
        <translation>学習が不安定になりました（損失が数値になりません）。シードを変えるか学習率を下げて、もう一度始めてください。これまでのエンコーダーはそのままです。</translation>
    </message>
    <message>
        <source>Training became unstable: the loss is no longer a number.</source>
        <translation>学習が不安定になりました（損失が数値になりません）。</translation>
    </message>
    <message>
        <source>The network began to see the same in every image.</source>
        <translation>ネットワークがどの画像も同じものとして見るようになりました。</translation>
    </message>
    <message>
        <source>The network no longer told the images apart: its answer was the same for every one.</source>
        <translation>ネットワークが画像を区別できなくなりました（どの画像にも同じ答えを返します）。</translation>
    </message>
    <message>
        <source>The network began to put all images into one group.</source>
        <translation>ネットワークがすべての画像を一つのグループに入れるようになりました。</translation>
    </message>
    <message>
        <source>The network no longer recognised an image when it saw another part of it.</source>
        <translation>ネットワークが、同じ画像の別の部分を見てもその画像だと分からなくなりました。</translation>
    </message>
    <message>
        <source>Training went back to what it knew at step {step} and goes on more carefully: in smaller steps (learning rate {rate}), with a teacher that changes more slowly (momentum {momentum}) and decides more clearly (temperature {temperature}, Sinkhorn centering).</source>
        <translation>ステップ {step} の時点の状態に戻り、より慎重に学習を続けます。一回の変化を小さくし（学習率 {rate}）、教師の変化を遅くし（モメンタム {momentum}）、教師の判断をはっきりさせます（温度 {temperature}、Sinkhorn センタリング）。</translation>
    </message>
    <message>
        <source>{what} That happened from the beginning, whatever was tried against it. The encoder you had before is unchanged; use that one, or pretrain on images that differ more.</source>
        <translation>{what}対策をしても、最初から同じことが起きました。これまでのエンコーダーはそのままです。それを使うか、もっと違いのある画像で事前学習してください。</translation>
    </message>
    <message>
        <source>{what} It happened again after every remedy, so the run ends early with what the network knew at step {step}.</source>
        <translation>{what}対策のたびに同じことが起きたため、ステップ {step} の時点の状態で学習を早めに終えます。</translation>
    </message>
    <message>
        <source>The tagged images have not been told apart any better since {percent} % of the planned time, so the run ends here: more training would teach nothing new.</source>
        <translation>タグ付き画像の見分け方が予定時間の {percent} % の時点から良くなっていないため、ここで終わります。これ以上学習しても得るものはありません。</translation>
    </message>
    <message>
        <source>The network has not learned anything measurable since {percent} % of the planned time, so the run ends here: more training would teach nothing new.</source>
        <translation>予定時間の {percent} % の時点から測れるほどの進歩がないため、ここで終わります。これ以上学習しても得るものはありません。</translation>
    </message>
    <message>
        <source>The memory was not enough for the whole batch at once: it now passes the network in parts of {count} images, which takes longer and teaches the same.</source>
        <translation>メモリーが足りず、一度にまとめて処理できませんでした。以後は {count} 枚ずつに分けて処理します。時間は長くなりますが、学習の内容は同じです。</translation>
    </message>
    <message>
        <source>The memory of the device that trains is too small even for one image at a time. Close other programs that use it, or train on the CPU. The encoder you had before is unchanged.</source>
        <translation>学習に使う装置のメモリーが、画像 1 枚分にも足りません。ほかのプログラムを閉じるか、CPU で学習してください。これまでのエンコーダーはそのままです。</translation>
    </message>
    <message>
        <source>{path} could be read before and cannot be read any more: {reason}. Put it back, then go on with the stopped run.</source>
        <translation>{path} が途中から読めなくなりました（{reason}）。元に戻してから、中断した学習を続けてください。</translation>
    </message>
    <message>
        <source>Images look more alike to the network than before, so telling them apart counts less.</source>
        <translation>ネットワークから見た画像どうしの違いが小さくなったため、画像を見分ける課題の重みを下げます。</translation>
    </message>
    <message>
        <source>The network&apos;s answers lose their variety, so telling images apart counts less.</source>
        <translation>ネットワークの答えが単調になってきたため、画像を見分ける課題の重みを下げます。</translation>
    </message>
    <message>
        <source>Telling images apart counts more, step by step.</source>
        <translation>画像を見分ける課題の重みを少しずつ上げます。</translation>
    </message>
    <message>
        <source>Telling images apart outweighed the rest, so it counts less.</source>
        <translation>画像を見分ける課題がほかより強すぎたため、その重みを下げます。</translation>
    </message>
    <message>
        <source>The rest outweighed telling images apart, so that counts more.</source>
        <translation>ほかの課題が画像を見分ける課題より強すぎたため、見分ける課題の重みを上げます。</translation>
    </message>
    <message>
        <source>More of each image is hidden, step by step.</source>
        <translation>画像を隠す割合を少しずつ増やします。</translation>
    </message>
    <message>
        <source>Images are recognised easily, so more of them is hidden.</source>
        <translation>画像が簡単に見分けられるようになったため、隠す割合を増やします。</translation>
    </message>
    <message>
        <source>Images are hardly recognised, so less of them is hidden.</source>
        <translation>画像がほとんど見分けられないため、隠す割合を減らします。</translation>
    </message>
    <message>
        <source>Now {percent} % of a masked image is hidden, and telling images apart has the weight {weight}.</source>
        <translation>現在、隠す画像では {percent} % を隠し、画像を見分ける課題の重みは {weight} です。</translation>
    </message>
    <message>
        <source>The stopped run in {path} was made with other settings ({names}). Go on with those, or start a new run with these: the stopped one is kept.</source>
        <translation>{path} の中断した学習は別の設定で行われました（{names}）。その設定で続けるか、今の設定で新しく始めてください。中断した学習は残ります。</translation>
    </message>
    <message>
        <source>The images are not those of the stopped run in {path}: {added} were added and {gone} are gone or have changed. To go on with that run, bring them back as they were. To use them as they are, start a new run: the stopped one is kept.</source>
        <translation>画像が {path} の中断した学習のときと違います（追加 {added} 枚、なくなったか変わったもの {gone} 枚）。続けるには画像を元に戻してください。今の画像を使うには新しく始めてください。中断した学習は残ります。</translation>
    </message>
    <message>
        <source>The stopped run in {path} is damaged, or another version of this program made it. Start a new run.</source>
        <translation>{path} の中断した学習は壊れているか、このプログラムの別のバージョンで作られています。新しく始めてください。</translation>
    </message>
    <message>
        <source>The run that was stopped here before is kept as {kept}, and a new one begins. To go on with the old one instead, stop this run and rename that file to {name}. The last {count} such files are kept.</source>
        <translation>以前に中断した学習を {kept} として残し、新しい学習を始めます。以前のものを続けるには、この学習を止めて、そのファイルの名前を {name} に変えてください。こうしたファイルは新しいものから {count} 個まで残ります。</translation>
    </message>
    <message>
        <source>The state of training could not be written to {path} ({reason}). Training goes on and tries again; free some space there, or a stop would lose what was learned since the last time.</source>
        <translation>学習の途中経過を {path} に書き込めませんでした（{reason}）。学習は続け、後でもう一度試します。空き容量を増やしてください。そうしないと、止めたときに前回の保存以降の学習が失われます。</translation>
    </message>
    <message>
        <source>The images could not be kept in {path} while training ({reason}). That needs {size} MB: free some space there, or let the encoder be written to another disk.</source>
        <translation>学習中に使う画像を {path} に置けませんでした（{reason}）。{size} MB が必要です。空き容量を増やすか、エンコーダーの保存先を別のディスクにしてください。</translation>
    </message>
    <message>
        <source>All {count} images show exactly the same, so there is nothing to learn from them. Add images that differ.</source>
        <translation>{count} 枚の画像がすべて同じ内容のため、学習できることがありません。違いのある画像を追加してください。</translation>
    </message>
    <message>
        <source>The time was enough for {seen} of the {count} images, once each. To see each of them once, this computer needs about {minutes} minutes; several times that teach much more.</source>
        <translation>時間内に見られたのは {count} 枚のうち {seen} 枚で、それぞれ 1 回だけです。すべてを 1 回ずつ見るには、このコンピューターで約 {minutes} 分かかります。その数倍の時間をかけると、ずっとよく学習できます。</translation>
    </message>
    <message>
        <source>The finished encoder could not be written to {path} ({reason}). Free some space there, then go on with the stopped run: no more than its last minute is lost. The encoder you had before is unchanged.</source>
        <translation>完成したエンコーダーを {path} に書き込めませんでした（{reason}）。空き容量を増やしてから、中断した学習を続けてください。失われるのは最後の 1 分以内です。これまでのエンコーダーはそのままです。</translation>
    </message>
    <message>
        <source>The finished encoder could not be written to {path} ({reason}), nor could the state of training. Free some space there and start again. The encoder you had before is unchanged.</source>
        <translation>完成したエンコーダーも学習の途中経過も {path} に書き込めませんでした（{reason}）。空き容量を増やして、もう一度始めてください。これまでのエンコーダーはそのままです。</translation>
    </message>
    <message>
        <source>{path} cannot be read: it is damaged or not a .safetensors file ({reason}).</source>
        <translation>{path} を読めません。壊れているか、.safetensors ファイルではありません（{reason}）。</translation>
    </message>
    <message>
        <source>There is no encoder file at {path}. Name a .safetensors file made by pretrain, or &apos;starter&apos;.</source>
        <translation>{path} にエンコーダーファイルがありません。事前学習で作った .safetensors ファイルを指定してください。</translation>
    </message>
    <message>
        <source>{path} is not a file of MICM Desktop ({reason}). Choose another file.</source>
        <translation>{path} は MICM Desktop のファイルではありません（{reason}）。別のファイルを選んでください。</translation>
    </message>
    <message>
        <source>{path} was made by a newer MICM Desktop. Update this program to read it.</source>
        <translation>{path} は、より新しい MICM Desktop で作られています。プログラムを更新してください。</translation>
    </message>
    <message>
        <source>The encoder file {path} does not fit this version of MICM Desktop: {reason}</source>
        <translation>エンコーダーファイル {path} は、このバージョンの MICM Desktop では使えません：{reason}</translation>
    </message>
    <message>
        <source>Each image is shown as two crops of {crop} px, {batch} images at a time.</source>
        <translation>各画像から {crop} px の切り抜きを 2 枚作り、{batch} 枚ずつ学習します。</translation>
    </message>
    <message>
        <source>Each image is shown as two crops of {crop} px and {count} of {small} px, {batch} images at a time.</source>
        <translation>各画像から {crop} px の切り抜きを 2 枚、{small} px の切り抜きを {count} 枚作り、{batch} 枚ずつ学習します。</translation>
    </message>
    <message>
        <source>In {minutes} minutes the {images} images would be seen more than {most} times, which teaches nothing new: the run ends after that many passes.</source>
        <translation>{minutes} 分あると {images} 枚の画像を {most} 回より多く学習することになりますが、それ以上は得るものがないため、その回数で終了します。</translation>
    </message>
    <message>
        <source>Of the first images fewer than two can be read. Check the files, or choose another folder.</source>
        <translation>最初のほうの画像のうち、読めるものが 2 枚もありません。ファイルを確かめるか、別のフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>The features from before pretraining stay in use: judged by the other tags, tagged images get their class with {base} confidence on average, with the new features {new}.</source>
        <translation>事前学習前の特徴を引き続き使います。タグ付き画像をほかのタグだけで判定すると、正しいクラスの確信度は平均で、この特徴では {base}、新しい特徴では {new} でした。</translation>
    </message>
    <message>
        <source>The features of small details are used, since pretraining taught them where to look: judged by the other tags, tagged images get their class with {details} confidence on average, with the features from before pretraining {base}.</source>
        <translation>事前学習で見るべき場所を学んだため、細部の特徴を使います。タグ付き画像をほかのタグだけで判定すると、正しいクラスの確信度は平均で、この特徴では {details}、事前学習前の特徴では {base} でした。</translation>
    </message>
    <message>
        <source>The new features are used: judged by the other tags, tagged images get their class with {new} confidence on average, with those from before pretraining {base}.</source>
        <translation>新しい特徴を使います。タグ付き画像をほかのタグだけで判定すると、正しいクラスの確信度は平均で、この特徴では {new}、事前学習前の特徴では {base} でした。</translation>
    </message>
    <message>
        <source>New and earlier features are used together: judged by the other tags, tagged images get their class with {both} confidence on average, with the new features alone {new}, with the earlier ones alone {base}.</source>
        <translation>新しい特徴と事前学習前の特徴を合わせて使います。タグ付き画像をほかのタグだけで判定すると、正しいクラスの確信度は平均で、両方では {both}、新しい特徴だけでは {new}、事前学習前の特徴だけでは {base} でした。</translation>
    </message>
    <message>
        <source>The memory of a device is too small for its share of the batch. Start one process alone, which passes a batch in parts. The encoder you had before is unchanged.</source>
        <translation>デバイスのメモリが、割り当てられた分のバッチに足りません。プロセスを 1 つだけで起動してください。その場合はバッチを分割して処理します。これまでのエンコーダーはそのまま残っています。</translation>
    </message>
    <message>
        <source>Images that look alike as a whole differ in their small details. So the features that describe details are used; pretraining taught them where to look.</source>
        <translation>全体が似ている画像でも、細部は互いに異なります。そのため、細部を表す特徴を使います。どこを見るべきかは事前学習で学びました。</translation>
    </message>
    <message>
        <source>The run was short: {steps} steps, of at least {least} that new features need. The features from before pretraining stay in use. Grant it more time.</source>
        <translation>学習が短すぎました（{steps} ステップ。新しい特徴には {least} ステップ以上が必要です）。事前学習前の特徴を引き続き使います。もっと長い時間を設定してください。</translation>
    </message>
    <message>
        <source>Images that look alike to the new network differ in their small details. So the features from before pretraining stay in use.</source>
        <translation>新しいネットワークが似ていると見る画像でも、細部は互いに異なります。そのため、事前学習前の特徴を引き続き使います。</translation>
    </message>
    <message>
        <source>New and earlier features are used together: there are not tags enough yet to tell which are better.</source>
        <translation>新しい特徴と前の特徴を合わせて使います。どちらが良いかを判断できるだけのタグがまだありません。</translation>
    </message>
    <message>
        <source>At least two classes need a tag. Tag one or more images of another class.</source>
        <translation>2 つ以上のクラスにタグが必要です。別のクラスにも 1 枚以上タグを付けてください。</translation>
    </message>
    <message>
        <source>The features of some images are damaged. Compute the features again.</source>
        <translation>一部の画像で、特徴データが壊れています。画像の準備をやり直してください。</translation>
    </message>
    <message>
        <source>Nothing to export yet: at least two classes need a tag, and the images need features. Tag images on the Label page first.</source>
        <translation>まだ書き出せるものがありません。2 つ以上のクラスのタグと、画像の準備が必要です。先に「タグ付け」ページで作業してください。</translation>
    </message>
    <message>
        <source>None of the images could be read. Check the files.</source>
        <translation>読み込める画像が一枚もありませんでした。ファイルを確かめてください。</translation>
    </message>
    <message>
        <source>The smallest marked defect has {pixels} pixels in the network&apos;s input, {patches} patches; below 2 it is easily missed. Cut the images into {across} x {down} tiles, or use an encoder with an input of {input} pixels.</source>
        <translation>マークされた最小の欠陥は、ネットワークの入力上で {pixels} ピクセル（{patches} パッチ）です。2 パッチ未満では見逃しやすくなります。画像を {across} x {down} のタイルに分割するか、入力が {input} ピクセルのエンコーダーを使ってください。</translation>
    </message>
    <message>
        <source>The smallest marked defect has {pixels} pixels in the network&apos;s input, {patches} patches; below 2 it is easily missed. Use an encoder with an input of {input} pixels.</source>
        <translation>マークされた最小の欠陥は、ネットワークの入力上で {pixels} ピクセル（{patches} パッチ）です。2 パッチ未満では見逃しやすくなります。入力が {input} ピクセルのエンコーダーを使ってください。</translation>
    </message>
    <message>
        <source>The smallest marked defect has {pixels} pixels in the network&apos;s input, {patches} patches; below 2 it is easily missed. The images hold no more detail: take them from nearer, or with more pixels.</source>
        <translation>マークされた最小の欠陥は、ネットワークの入力上で {pixels} ピクセル（{patches} パッチ）です。2 パッチ未満では見逃しやすくなります。画像自体にこれ以上の細部がありません。近づいて撮影するか、画素数の多いカメラで撮影してください。</translation>
    </message>
    <message>
        <source>{path} is damaged: {name} is missing.</source>
        <translation>{path} は壊れています（{name} がありません）。</translation>
    </message>
    <message>
        <source>None of the images could be read, so the model file could not be checked.</source>
        <translation>読める画像がないため、モデルファイルを確認できませんでした。</translation>
    </message>
    <message>
        <source>The model file does not agree with this program (largest difference {difference}); it was not kept. Please report this with the log file.</source>
        <translation>モデルファイルの判定がこのプログラムと一致しません（最大差 {difference}）。ファイルは残していません。ログファイルを添えてご連絡ください。</translation>
    </message>
    <message>
        <source>the file is no longer there</source>
        <translation>ファイルがなくなっています</translation>
    </message>
</context>
<context>
    <name>CostTable</name>
    <message>
        <source>Class</source>
        <translation>クラス</translation>
    </message>
    <message>
        <source>Good parts</source>
        <translation>良品</translation>
    </message>
    <message>
        <source>A mistake costs</source>
        <translation>誤判定のコスト</translation>
    </message>
    <message>
        <source>{name} means good parts</source>
        <translation>{name} は良品を表す</translation>
    </message>
    <message>
        <source>Cost of a false alarm: {name} called a defect</source>
        <translation>過検出のコスト：{name} を不良と判定</translation>
    </message>
    <message>
        <source>Cost of a missed defect: {name} passed as good</source>
        <translation>見逃しのコスト：{name} を良品と判定</translation>
    </message>
    <message>
        <source>Asking a person, per part</source>
        <translation>人が確認するコスト（1個あたり）</translation>
    </message>
</context>
<context>
    <name>DecidePage</name>
    <message>
        <source>A class needs two tagged images before one of them can be judged by the other.</source>
        <translation>タグ付き画像が2枚以上あるクラスで、互いを使って判定できます。</translation>
    </message>
    <message>
        <source>Rows: the tag. Columns: the verdict. Choose a number to see its images.</source>
        <translation>行：タグ、列：判定。数字を選ぶと、その画像が表示されます。</translation>
    </message>
    <message>
        <source>Mark the classes of good parts, and only those, so that misses and false alarms can be weighed up.</source>
        <translation>良品のクラスだけに印を付けてください。見逃しと過検出を比べて判定できるようになります。</translation>
    </message>
    <message>
        <source>In false alarms: 50 means that one missed defect is as bad as {count} false alarms.</source>
        <translation>過検出を1とした値です。50 は、見逃し1個が過検出 {count} 個分の損失という意味です。</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Here you decide what counts as a defect.
Tag images of two classes on the Label page first.</source>
        <translation>ここでは、何を不良とするかを決めます。
まずタグ付けのページで2つのクラスの画像にタグを付けてください。</translation>
    </message>
    <message>
        <source>Waiting for the predictions. The Label page says how far they are.</source>
        <translation>予測を待っています。進み具合はタグ付けのページに表示されます。</translation>
    </message>
    <message>
        <source>What a mistake costs</source>
        <translation>誤判定のコスト</translation>
    </message>
    <message>
        <source>What to expect</source>
        <translation>予想される結果</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>ルール</translation>
    </message>
    <message>
        <source>Tagged images, each judged by the others</source>
        <translation>タグ付き画像を、残りのタグだけで判定した結果</translation>
    </message>
    <message>
        <source>I know how many of 1,000 parts are defective:</source>
        <translation>1,000個中の不良の数がわかっている：</translation>
    </message>
    <message>
        <source>The images behind the number</source>
        <translation>この数字の画像</translation>
    </message>
</context>
<context>
    <name>DetailView</name>
    <message>
        <source>Select an image to see it large.</source>
        <translation>画像を選ぶと、ここに大きく表示されます。</translation>
    </message>
    <message>
        <source>Computing the heatmap…</source>
        <translation>ヒートマップを計算しています…</translation>
    </message>
    <message>
        <source>Press H to see which places speak for the prediction.</source>
        <translation>H キーを押すと、予測の根拠になった場所を表示します。</translation>
    </message>
    <message>
        <source>Unlike anything that is tagged, so there is no heatmap: it would explain a class that this image may not have. These tagged images are the nearest; equal numbers mark what matches.</source>
        <translation>タグ付けしたどの画像にも似ておらず、当てはまるクラスがあるか分からないため、ヒートマップは表示しません。最も近いタグ付き画像です。同じ番号は対応する場所です。</translation>
    </message>
    <message>
        <source>Why {first} and not {second}: the nearest tagged images of both; equal numbers mark what matches.</source>
        <translation>{second} ではなく {first} と判断した理由：両クラスの最も近いタグ付き画像です。同じ番号は対応する場所です。</translation>
    </message>
    <message>
        <source>{first}, then {second}. Bright places are where the network looks, whatever the class.</source>
        <translation>{first}、次点は {second}。明るい場所は、クラスに関係なくネットワークが注目している場所です。</translation>
    </message>
    <message>
        <source>Why {first} and not {second}: bright places speak for it most.</source>
        <translation>{second} ではなく {first} と判断した理由：明るい場所ほど強い根拠です。</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>全体</translation>
    </message>
    <message>
        <source>Show the whole image (double click). The wheel zooms, dragging moves.</source>
        <translation>画像全体を表示します（ダブルクリック）。ホイールで拡大・縮小、ドラッグで移動します。</translation>
    </message>
    <message>
        <source>One screen pixel for each pixel of the image</source>
        <translation>画像の 1 画素を画面の 1 画素で表示します</translation>
    </message>
</context>
<context>
    <name>DurationChoice</name>
    <message>
        <source>How long?</source>
        <translation>学習時間</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>簡易</translation>
    </message>
    <message>
        <source>5 minutes: a first impression</source>
        <translation>5 分：まず試すとき</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>標準</translation>
    </message>
    <message>
        <source>30 minutes: good for most products</source>
        <translation>30 分：ほとんどの製品に適しています</translation>
    </message>
    <message>
        <source>Thorough</source>
        <translation>入念</translation>
    </message>
    <message>
        <source>2 hours: for subtle defects and large sets</source>
        <translation>2 時間：微細な欠陥や枚数の多いとき</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>時間</translation>
    </message>
    <message>
        <source> min</source>
        <translation> 分</translation>
    </message>
</context>
<context>
    <name>EstimateBox</name>
    <message>
        <source>What to expect</source>
        <translation>所要時間の見込み</translation>
    </message>
    <message>
        <source>Trying a few steps on this computer to tell how long it takes. You can start at once.</source>
        <translation>このパソコンで数ステップ試して、所要時間を見積もっています。待たずに開始できます。</translation>
    </message>
    <message>
        <source>How long it takes is measured when the other work in the background is done. You can start at once.</source>
        <translation>ほかのバックグラウンド処理が終わりしだい、所要時間を見積もります。待たずに開始できます。</translation>
    </message>
    <message>
        <source>About {time}, and before that {reading} to read the images.</source>
        <translation>画像の読み込みに約 {reading}、学習に約 {time}かかります。</translation>
    </message>
    <message>
        <source>About {time}.</source>
        <translation>約 {time}かかります。</translation>
    </message>
    <message>
        <source>That is enough for only {percent} of the {images}. To see each of them once, grant {minutes} minutes; several times that teach much more.</source>
        <translation>これでは {images}のうち {percent} しか学習できません。すべてを 1 回ずつ学習するには {minutes} 分必要です。その数倍あると、ずっとよく覚えます。</translation>
    </message>
    <message>
        <source>Each of the {images} is seen about {times} times.</source>
        <translation>{images}の画像をそれぞれ約 {times} 回学習します。</translation>
    </message>
</context>
<context>
    <name>ExamplesView</name>
    <message>
        <source>tagged {name}, similarity {share}</source>
        <translation>タグ：{name}、類似度 {share}</translation>
    </message>
    <message>
        <source>How alike the marked places are: {matches}</source>
        <translation>印を付けた場所の類似度：{matches}</translation>
    </message>
    <message>
        <source>this image</source>
        <translation>この画像</translation>
    </message>
    <message>
        <source>No other tagged image can be shown.</source>
        <translation>表示できるタグ付き画像がほかにありません。</translation>
    </message>
    <message>
        <source>The selected image with numbered places</source>
        <translation>選択した画像と番号を付けた場所</translation>
    </message>
    <message>
        <source>A tagged image with the places that match</source>
        <translation>タグ付き画像と対応する場所</translation>
    </message>
    <message>
        <source>Previous example</source>
        <translation>前の例</translation>
    </message>
    <message>
        <source>Next example</source>
        <translation>次の例</translation>
    </message>
</context>
<context>
    <name>ExportPage</name>
    <message>
        <source>Save the model file</source>
        <translation>モデルファイルの保存</translation>
    </message>
    <message>
        <source>Model file (*.onnx)</source>
        <translation>モデルファイル (*.onnx)</translation>
    </message>
    <message>
        <source>Writing the model file</source>
        <translation>モデルファイルを書き出しています</translation>
    </message>
    <message>
        <source>Writing was cancelled; no file was left behind.</source>
        <translation>書き出しを中止しました。ファイルは残っていません。</translation>
    </message>
    <message>
        <source>Tag at least one image each of two classes first; the model file is made from them.</source>
        <translation>先に、2 つ以上のクラスにそれぞれ 1 枚以上タグを付けてください。モデルファイルはそのタグから作られます。</translation>
    </message>
    <message>
        <source>Go to Label</source>
        <translation>タグ付けへ</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>エンコーダー</translation>
    </message>
    <message>
        <source>the one that came with the program</source>
        <translation>付属の標準エンコーダー</translation>
    </message>
    <message>
        <source>Images in the project</source>
        <translation>プロジェクトの画像数</translation>
    </message>
    <message>
        <source>good part</source>
        <translation>良品</translation>
    </message>
    <message>
        <source>Class {name}</source>
        <translation>クラス「{name}」</translation>
    </message>
    <message>
        <source>no tag yet: left out of the file</source>
        <translation>タグがないため、ファイルには含まれません</translation>
    </message>
    <message>
        <source>risk below {low}: good; from {high} on: defect; between: a person is asked</source>
        <translation>不良の確率 {low} 未満は良品、{high} 以上は不良、その間は人に確認</translation>
    </message>
    <message>
        <source>Line between good and defect</source>
        <translation>良品と不良の境界</translation>
    </message>
    <message>
        <source>as on the Decide page</source>
        <translation>判定のページのとおり</translation>
    </message>
    <message>
        <source>none</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>ルール</translation>
    </message>
    <message>
        <source>{file} ({size}), {count} classes.
Checked on {images}: the file judges like this program; no probability differs by more than {difference}.</source>
        <translation>{file}（{size}）、{count} クラス。
{images}で確認しました。ファイルの判定はこのプログラムと同じです。確率の差は最大でも {difference} です。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>One file holds everything the line PC needs. It runs there without this program and without network.</source>
        <translation>ライン用 PC に必要なものがすべて 1 つのファイルに入ります。このプログラムもネットワークも必要ありません。</translation>
    </message>
    <message>
        <source>What goes into the file</source>
        <translation>ファイルに入る内容</translation>
    </message>
    <message>
        <source>Model file</source>
        <translation>モデルファイル</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>選択…</translation>
    </message>
    <message>
        <source>Write model file</source>
        <translation>モデルファイルを書き出す</translation>
    </message>
    <message>
        <source>The model file is ready</source>
        <translation>モデルファイルができました</translation>
    </message>
    <message>
        <source>Tags, images or decisions have changed: write the model file again</source>
        <translation>その後、タグ・画像・判定の設定が変わりました。モデルファイルを書き直してください</translation>
    </message>
    <message>
        <source>On the line PC</source>
        <translation>ライン用 PC での使い方</translation>
    </message>
    <message>
        <source>Copy the file there and run this command; IMAGES is the folder to judge. The results open in Excel.</source>
        <translation>ファイルをライン用 PC にコピーし、次のコマンドを実行します。IMAGES は判定する画像のフォルダーです。結果は Excel で開けます。</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>コマンドをコピー</translation>
    </message>
    <message>
        <source>Show the file</source>
        <translation>ファイルの場所を開く</translation>
    </message>
</context>
<context>
    <name>FactFinder</name>
    <message>
        <source>model file written</source>
        <translation>書き出し済み</translation>
    </message>
    <message>
        <source>next step</source>
        <translation>次の作業</translation>
    </message>
    <message>
        <source>running, {share}</source>
        <translation>実行中 {share}</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完了</translation>
    </message>
    <message>
        <source>optional</source>
        <translation>任意</translation>
    </message>
</context>
<context>
    <name>FilterBox</name>
    <message>
        <source>All images</source>
        <translation>すべての画像</translation>
    </message>
    <message>
        <source>Not tagged</source>
        <translation>タグなし</translation>
    </message>
    <message>
        <source>Tagged</source>
        <translation>タグあり</translation>
    </message>
    <message>
        <source>A person should look</source>
        <translation>人に確認</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>Predicted: {name}</source>
        <translation>予測：{name}</translation>
    </message>
    <message>
        <source>Which images are shown</source>
        <translation>表示する画像</translation>
    </message>
</context>
<context>
    <name>HeatTools</name>
    <message>
        <source>Heatmap (H)</source>
        <translation>ヒートマップ (H)</translation>
    </message>
    <message>
        <source>Class evidence</source>
        <translation>クラスの根拠</translation>
    </message>
    <message>
        <source>Which places speak for the predicted class</source>
        <translation>予測クラスの根拠となる場所</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>似た例</translation>
    </message>
    <message>
        <source>The tagged images that decided, and what matches there</source>
        <translation>判断の決め手となったタグ付き画像と、対応する場所</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>アテンション</translation>
    </message>
    <message>
        <source>Where the network looks, whatever the class</source>
        <translation>クラスに関係なく、ネットワークが注目している場所</translation>
    </message>
    <message>
        <source>Attention rollout</source>
        <translation>ロールアウト</translation>
    </message>
    <message>
        <source>Where the network looks, followed through all blocks of its decoder</source>
        <translation>デコーダーの全ブロックを通して見た、ネットワークの注目場所</translation>
    </message>
    <message>
        <source>One attention head</source>
        <translation>ヘッド別</translation>
    </message>
    <message>
        <source>Where one head of the network looks</source>
        <translation>ネットワークの 1 つのヘッドが注目している場所</translation>
    </message>
    <message>
        <source>What the heatmap shows</source>
        <translation>ヒートマップの種類</translation>
    </message>
    <message>
        <source>Number of the attention head</source>
        <translation>アテンションヘッドの番号</translation>
    </message>
    <message>
        <source>Strength of the heatmap</source>
        <translation>ヒートマップの濃さ</translation>
    </message>
</context>
<context>
    <name>ImageModel</name>
    <message>
        <source>tagged {name}</source>
        <translation>タグ：{name}</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>predicted {name}, {share}</source>
        <translation>予測：{name}、{share}</translation>
    </message>
    <message>
        <source>a person should look</source>
        <translation>人に確認</translation>
    </message>
    <message>
        <source>no tag</source>
        <translation>タグなし</translation>
    </message>
</context>
<context>
    <name>ImagesPage</name>
    <message numerus="yes">
        <source>%n file(s) cannot be read</source>
        <translation>
            <numerusform>読めないファイル %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) missing</source>
        <translation>
            <numerusform>見つからないファイル %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n duplicate(s) of the same content</source>
        <translation>
            <numerusform>内容が同じ画像 %n 枚</numerusform>
        </translation>
    </message>
    <message>
        <source>no duplicates</source>
        <translation>重複なし</translation>
    </message>
    <message numerus="yes">
        <source>%n folder(s)</source>
        <translation>
            <numerusform>%n 個のフォルダー</numerusform>
        </translation>
    </message>
    <message>
        <source>Files that cannot be used ({count})</source>
        <translation>使えないファイル（{count}）</translation>
    </message>
    <message>
        <source>The folder {path} is not there. Your tags are kept. Connect the drive and scan again, or show where the folder is now.</source>
        <translation>フォルダー {path} が見つかりません。タグは保存されています。ドライブを接続して再読み込みするか、フォルダーの現在の場所を指定してください。</translation>
    </message>
    <message>
        <source>Find folder…</source>
        <translation>フォルダーを探す…</translation>
    </message>
    <message>
        <source>No images yet.

Open a folder of product images, or drop one here.</source>
        <translation>まだ画像がありません。

製品画像のフォルダーを開くか、ここにドロップしてください。</translation>
    </message>
    <message>
        <source>Looking for images…</source>
        <translation>画像を探しています…</translation>
    </message>
    <message>
        <source>No images were found here:
{paths}

BMP, PNG, JPEG, TIFF, WebP and similar files are looked for, in sub-folders too. Add another folder.</source>
        <translation>次の場所に画像が見つかりませんでした：
{paths}

BMP、PNG、JPEG、TIFF、WebP などのファイルを、サブフォルダーも含めて探しました。別のフォルダーを追加してください。</translation>
    </message>
    <message>
        <source>No two images have the same content.</source>
        <translation>内容が同じ画像はありません。</translation>
    </message>
    <message>
        <source>All files can be read.</source>
        <translation>すべてのファイルを読めます。</translation>
    </message>
    <message>
        <source>None of the files can be read. The reasons are listed below.</source>
        <translation>読めるファイルがありません。理由は下の一覧にあります。</translation>
    </message>
    <message>
        <source>Reading images</source>
        <translation>画像を読み込んでいます</translation>
    </message>
    <message>
        <source>Reading was cancelled. What was read so far can be used; “Scan again” reads the rest.</source>
        <translation>読み込みを中止しました。読み込み済みの画像は使えます。残りは「再読み込み」で読み込めます。</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Images of the project</source>
        <translation>プロジェクトの画像</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>フォルダーを追加…</translation>
    </message>
    <message>
        <source>Scan again</source>
        <translation>再読み込み</translation>
    </message>
    <message>
        <source>Look for new, changed and removed files</source>
        <translation>追加・変更・削除されたファイルを調べます</translation>
    </message>
    <message>
        <source>All images</source>
        <translation>すべての画像</translation>
    </message>
    <message>
        <source>Duplicates</source>
        <translation>重複</translation>
    </message>
    <message>
        <source>Files that cannot be used</source>
        <translation>使えないファイル</translation>
    </message>
    <message>
        <source>Which images are shown</source>
        <translation>表示する画像</translation>
    </message>
</context>
<context>
    <name>LabelGuide</name>
    <message>
        <source>Preparing the images for predictions</source>
        <translation>予測のために画像を準備しています</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>もう一度</translation>
    </message>
    <message>
        <source>Open a folder of images first.</source>
        <translation>先に画像のフォルダーを開いてください。</translation>
    </message>
    <message>
        <source>Go to Start</source>
        <translation>スタートへ</translation>
    </message>
    <message>
        <source>There are no images to label yet.</source>
        <translation>タグを付ける画像がまだありません。</translation>
    </message>
    <message>
        <source>Go to Images</source>
        <translation>画像へ</translation>
    </message>
    <message>
        <source>You can tag already. For predictions the images must be prepared once; this runs in the background.</source>
        <translation>タグ付けはもう始められます。予測には、最初に一度だけ画像の準備が必要です（作業中に裏で実行されます）。</translation>
    </message>
    <message>
        <source>Prepare images</source>
        <translation>画像を準備する</translation>
    </message>
    <message>
        <source>First add the classes you want to tell apart: one for good parts, one for each defect.</source>
        <translation>まず、区別したいクラスを追加してください。良品に 1 つ、不良は種類ごとに 1 つです。</translation>
    </message>
    <message>
        <source>Add a class…</source>
        <translation>クラスを追加…</translation>
    </message>
    <message>
        <source>Select an image and press its class&apos;s key. One tag each for two classes is enough.</source>
        <translation>画像を選び、クラスのキーを押してください。2 つのクラスに 1 枚ずつあれば予測できます。</translation>
    </message>
    <message>
        <source>Now tag at least one image of another class, and predictions appear.</source>
        <translation>別のクラスにも 1 枚以上タグを付けると、予測が表示されます。</translation>
    </message>
</context>
<context>
    <name>LabelPage</name>
    <message>
        <source>Select an image first.</source>
        <translation>先に画像を選んでください。</translation>
    </message>
    <message numerus="yes">
        <source>✓ Saved: %n image(s)</source>
        <translation>
            <numerusform>✓ 保存済み：%n 枚</numerusform>
        </translation>
    </message>
    <message>
        <source>Remove class</source>
        <translation>クラスの削除</translation>
    </message>
    <message>
        <source>Remove the class &quot;{name}&quot;?</source>
        <translation>クラス「{name}」を削除しますか？</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) lose their tag. Steps before this cannot be undone any more.</source>
        <translation>
            <numerusform>%n 枚の画像のタグが外れます。これより前の操作は元に戻せなくなります。</numerusform>
        </translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>削除</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) changed class</source>
        <translation>
            <numerusform>%n 枚の予測が変わりました</numerusform>
        </translation>
    </message>
    <message>
        <source>No prediction changed</source>
        <translation>予測に変化はありません</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>タグ付け</translation>
    </message>
    <message>
        <source>Images to label</source>
        <translation>タグを付ける画像</translation>
    </message>
    <message>
        <source>The selected image, large</source>
        <translation>選択した画像（拡大）</translation>
    </message>
    <message>
        <source>Update the list</source>
        <translation>一覧を更新</translation>
    </message>
    <message>
        <source>Some images no longer belong in this list, or others do now.</source>
        <translation>この一覧の条件に合う画像が変わりました。</translation>
    </message>
    <message>
        <source>No image belongs in this list at the moment.
Choose another one above.</source>
        <translation>この条件に合う画像は今ありません。
上で別の条件を選んでください。</translation>
    </message>
</context>
<context>
    <name>LossCurves</name>
    <message>
        <source>Training step</source>
        <translation>学習ステップ</translation>
    </message>
    <message>
        <source>Loss (lower is better)</source>
        <translation>損失（小さいほど良い）</translation>
    </message>
    <message>
        <source>total</source>
        <translation>合計</translation>
    </message>
    <message>
        <source>whole image</source>
        <translation>画像全体</translation>
    </message>
    <message>
        <source>hidden parts</source>
        <translation>隠した部分</translation>
    </message>
    <message>
        <source>rebuilt pixels</source>
        <translation>画素の復元</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Opening the project</source>
        <translation>プロジェクトを開いています</translation>
    </message>
    <message>
        <source>Making the sample set</source>
        <translation>サンプル画像を作成しています</translation>
    </message>
    <message>
        <source>Visual inspection</source>
        <translation>外観検査</translation>
    </message>
    <message>
        <source>&lt;h3&gt;MICM Desktop {version}&lt;/h3&gt;&lt;p&gt;Visual inspection from a few examples. Everything runs on this computer; no image leaves it.&lt;/p&gt;&lt;p&gt;Log: {log}&lt;/p&gt;</source>
        <translation>&lt;h3&gt;MICM Desktop {version}&lt;/h3&gt;&lt;p&gt;少ない見本から始める外観検査。処理はすべてこのパソコンの中で行われ、画像が外に出ることはありません。&lt;/p&gt;&lt;p&gt;ログ：{log}&lt;/p&gt;</translation>
    </message>
    <message>
        <source>About MICM Desktop</source>
        <translation>MICM Desktop について</translation>
    </message>
    <message>
        <source>Pretraining is running</source>
        <translation>事前学習の実行中</translation>
    </message>
    <message>
        <source>Pretraining is still running. Stop it?</source>
        <translation>事前学習を実行しています。停止しますか？</translation>
    </message>
    <message>
        <source>What was learned so far is kept, and pretraining can go on from there later.</source>
        <translation>ここまでの学習内容は保存され、後で続きから再開できます。</translation>
    </message>
    <message>
        <source>Stop pretraining</source>
        <translation>事前学習を停止</translation>
    </message>
    <message>
        <source>Keep running</source>
        <translation>学習を続ける</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>停止しています…</translation>
    </message>
</context>
<context>
    <name>MapBar</name>
    <message>
        <source>Gallery</source>
        <translation>一覧</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>マップ</translation>
    </message>
    <message>
        <source>All images as points; those that look alike lie side by side</source>
        <translation>すべての画像を点で表示します。似た画像ほど近くに並びます</translation>
    </message>
    <message>
        <source>Select by drawing around images (Shift adds)</source>
        <translation>画像を囲んで選択（Shift で追加）</translation>
    </message>
    <message>
        <source>Select a rectangle (Shift adds)</source>
        <translation>四角で選択（Shift で追加）</translation>
    </message>
    <message>
        <source>Move the map (the right button always does, the wheel zooms)</source>
        <translation>マップを動かす（右ボタンならいつでも動かせます。ホイールで拡大・縮小）</translation>
    </message>
    <message>
        <source>Show all images</source>
        <translation>すべての画像を表示</translation>
    </message>
    <message>
        <source>Arrange the map anew, with all images added since</source>
        <translation>後から追加した画像も含めてマップを作り直す</translation>
    </message>
    <message>
        <source>Colour: tag</source>
        <translation>色：タグ</translation>
    </message>
    <message>
        <source>Colour: prediction</source>
        <translation>色：予測</translation>
    </message>
    <message>
        <source>Colour: oddity</source>
        <translation>色：変わり具合</translation>
    </message>
    <message>
        <source>What the colours of the map mean</source>
        <translation>マップの色の意味</translation>
    </message>
</context>
<context>
    <name>MapWords</name>
    <message>
        <source>Arranging the map</source>
        <translation>マップを作成しています</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>もう一度</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) have no features yet and are not on the map.</source>
        <translation>
            <numerusform>%n 枚はまだ準備ができていないため、マップに載っていません。</numerusform>
        </translation>
    </message>
    <message>
        <source>Prepare images</source>
        <translation>画像を準備する</translation>
    </message>
    <message>
        <source>The map shows which images look alike. For that they must be prepared once.</source>
        <translation>マップを見ると、どの画像が似ているかがわかります。そのために一度だけ画像の準備が必要です。</translation>
    </message>
    <message>
        <source>The map was not made.</source>
        <translation>マップは作成されていません。</translation>
    </message>
    <message>
        <source>Make the map</source>
        <translation>マップを作る</translation>
    </message>
    <message>
        <source>Map of the images</source>
        <translation>画像のマップ</translation>
    </message>
    <message>
        <source>Arrow keys move the map, plus and minus zoom, Home shows all, a class key tags what is selected</source>
        <translation>矢印キーで移動、+ と - で拡大・縮小、Home で全体表示、クラスのキーで選択中の画像にタグ付け</translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n 枚を選択中</numerusform>
        </translation>
    </message>
    <message>
        <source>There are no images yet. Add some on the Images page.</source>
        <translation>まだ画像がありません。「画像」ページで追加してください。</translation>
    </message>
    <message>
        <source>The map is being arranged…</source>
        <translation>マップを作成しています…</translation>
    </message>
    <message>
        <source>The images are being prepared. The map appears as soon as they are.</source>
        <translation>画像を準備しています。終わるとマップが表示されます。</translation>
    </message>
    <message>
        <source>There is no map yet.</source>
        <translation>まだマップがありません。</translation>
    </message>
    <message>
        <source>from like the tagged images to unlike all of them</source>
        <translation>タグ付き画像に似ているものから、どれにも似ていないものまで</translation>
    </message>
    <message>
        <source>This needs predictions: tag an image of at least two classes.</source>
        <translation>予測が必要です。2 つ以上のクラスの画像にタグを付けてください。</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>no tag</source>
        <translation>タグなし</translation>
    </message>
    <message>
        <source>dark rim: tagged</source>
        <translation>濃い縁：タグ付き</translation>
    </message>
    <message>
        <source>light rim: tagged</source>
        <translation>明るい縁：タグ付き</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Undo: {what}</source>
        <translation>元に戻す(&amp;U)：{what}</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>元に戻す(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo: {what}</source>
        <translation>やり直す(&amp;R)：{what}</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>やり直す(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>編集(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>表示(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>ヘルプ(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>言語(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>テーマ(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Open folder of images…</source>
        <translation>画像フォルダーを開く(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Add folder to the project…</source>
        <translation>プロジェクトにフォルダーを追加(&amp;A)…</translation>
    </message>
    <message>
        <source>Open &amp;project…</source>
        <translation>プロジェクトを開く(&amp;P)…</translation>
    </message>
    <message>
        <source>Try the &amp;sample set</source>
        <translation>サンプルで試す(&amp;S)</translation>
    </message>
    <message>
        <source>Scan the folders &amp;again</source>
        <translation>フォルダーを再読み込み(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>終了(&amp;Q)</translation>
    </message>
    <message>
        <source>Add a &amp;class…</source>
        <translation>クラスを追加(&amp;C)…</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>スタート</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Pretrain</source>
        <translation>事前学習</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>タグ付け</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>Open the &amp;log folder</source>
        <translation>ログのフォルダーを開く(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;About MICM Desktop</source>
        <translation>MICM Desktop について(&amp;A)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>システムに合わせる</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>ライト</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>ダーク</translation>
    </message>
</context>
<context>
    <name>Messages</name>
    <message>
        <source>This did not work because of an error in the program ({reason}). Details are in the log: {log}</source>
        <translation>プログラムのエラーのため実行できませんでした（{reason}）。詳しくはログをご覧ください：{log}</translation>
    </message>
</context>
<context>
    <name>Navigation</name>
    <message>
        <source>Start</source>
        <translation>スタート</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Pretrain</source>
        <translation>事前学習</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>タグ付け</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
</context>
<context>
    <name>Opener</name>
    <message>
        <source>Folder of images</source>
        <translation>画像のフォルダー</translation>
    </message>
    <message>
        <source>Project folder</source>
        <translation>プロジェクトのフォルダー</translation>
    </message>
    <message>
        <source>Where is {path} now?</source>
        <translation>{path} は今どこにありますか？</translation>
    </message>
</context>
<context>
    <name>PretrainPage</name>
    <message>
        <source>Go on labelling</source>
        <translation>タグ付けに進む</translation>
    </message>
    <message>
        <source>Pretrain</source>
        <translation>事前学習</translation>
    </message>
    <message>
        <source>The program gets to know your product from the untagged images alone. Then fewer tags are enough. This step is optional, runs in the background, and no image leaves this computer.</source>
        <translation>タグのない画像だけから、製品の見た目を覚えます。そのため、少ないタグで済みます。この作業は任意で、裏で実行され、画像がこのパソコンの外に出ることはありません。</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>今回の学習</translation>
    </message>
    <message>
        <source>Finished runs</source>
        <translation>これまでの学習</translation>
    </message>
</context>
<context>
    <name>PretrainPanel</name>
    <message>
        <source>Go on</source>
        <translation>再開</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>一時停止</translation>
    </message>
    <message>
        <source>The one that came with the program. It works, but does not know your product.</source>
        <translation>付属の標準エンコーダー。使えますが、お使いの製品はまだ覚えていません。</translation>
    </message>
    <message>
        <source>{name}, made {time}</source>
        <translation>{name}（作成：{time}）</translation>
    </message>
    <message>
        <source>Start pretraining</source>
        <translation>事前学習を開始</translation>
    </message>
    <message>
        <source>Go on with the stopped run</source>
        <translation>停止した学習を再開</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop and keep what was learned so far</source>
        <translation>ここまでの学習内容を保存して停止します</translation>
    </message>
    <message>
        <source>Encoder in use</source>
        <translation>使用中のエンコーダー</translation>
    </message>
</context>
<context>
    <name>ProblemModel</name>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
</context>
<context>
    <name>ProgressRow</name>
    <message>
        <source>Stopping…</source>
        <translation>停止しています…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>中止</translation>
    </message>
</context>
<context>
    <name>Rebuilding</name>
    <message>
        <source>What it imagines</source>
        <translation>復元の様子</translation>
    </message>
    <message>
        <source>Hatched parts are hidden from the network. The better it knows your product, the closer it comes to the image. Step {step}.</source>
        <translation>斜線の部分はネットワークに見せていません。製品をよく覚えるほど、復元が元の画像に近づきます。ステップ {step}。</translation>
    </message>
</context>
<context>
    <name>RulesBox</name>
    <message>
        <source>These rules hold in the model file, which names the one that changed a verdict. The lists in this window show verdicts before the rules.</source>
        <translation>これらのルールはモデルファイルに入り、判定を変えたルールの名前も出力されます。この画面の一覧は、ルール適用前の判定です。</translation>
    </message>
    <message>
        <source>Inspect only this area (left, top, right, bottom); defects elsewhere do not count</source>
        <translation>検査する範囲（左・上・右・下）。範囲外の不良は数えません</translation>
    </message>
    <message>
        <source>A defect counts if its evidence covers at least this much of the image</source>
        <translation>根拠となる部分がこの面積以上のとき不良とする（画像に対する割合）</translation>
    </message>
    <message>
        <source>Ask a person where the verdict is less probable than</source>
        <translation>判定の確率がこれより低いとき、人に確認</translation>
    </message>
    <message>
        <source>Ask a person where the image is darker than</source>
        <translation>画像がこれより暗いとき、人に確認</translation>
    </message>
    <message>
        <source>Ask a person where the image is less sharp than</source>
        <translation>画像の鮮明さがこれより低いとき、人に確認</translation>
    </message>
    <message>
        <source>Left edge</source>
        <translation>左端</translation>
    </message>
    <message>
        <source>Top edge</source>
        <translation>上端</translation>
    </message>
    <message>
        <source>Right edge</source>
        <translation>右端</translation>
    </message>
    <message>
        <source>Bottom edge</source>
        <translation>下端</translation>
    </message>
</context>
<context>
    <name>RunComparison</name>
    <message>
        <source>Compare runs</source>
        <translation>事前学習の比較</translation>
    </message>
    <message>
        <source>Judging the tagged images with both…</source>
        <translation>両方でタグ付き画像を判定しています…</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>簡易</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>標準</translation>
    </message>
    <message>
        <source>Thorough</source>
        <translation>入念</translation>
    </message>
    <message>
        <source>Shipped with the program</source>
        <translation>付属の標準エンコーダー</translation>
    </message>
    <message>
        <source>{name} (in use)</source>
        <translation>{name}（使用中）</translation>
    </message>
    <message>
        <source>{right} of {tagged} ({share})</source>
        <translation>{tagged} 枚中 {right} 枚（{share}）</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>学習</translation>
    </message>
    <message>
        <source>Your tagged images, each judged without its own tag</source>
        <translation>タグ付き画像を、その画像自身のタグを使わずに判定した正解数</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>作成日時</translation>
    </message>
    <message>
        <source>Time granted</source>
        <translation>指定した時間</translation>
    </message>
    <message>
        <source>Time taken</source>
        <translation>かかった時間</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Passes over the images</source>
        <translation>全画像を学習した回数</translation>
    </message>
    <message>
        <source>Tagged images told apart during training</source>
        <translation>学習終了時のタグ付き画像の正解率</translation>
    </message>
    <message>
        <source>Independent directions of the features</source>
        <translation>特徴の独立な方向の数</translation>
    </message>
    <message>
        <source>Two views of an image recognised as one</source>
        <translation>同じ画像の 2 つの見え方を一致と認識した割合</translation>
    </message>
    <message>
        <source>What came of it</source>
        <translation>結果</translation>
    </message>
    <message>
        <source>“–”: not known. The tags judge an encoder once two classes have two tags each and the images were prepared for it; using it prepares them.</source>
        <translation>「–」は不明を表します。2 つのクラスに 2 枚以上ずつタグがあり、そのエンコーダーで画像の準備が済んでいれば、タグによる評価ができます（使用すると準備されます）。</translation>
    </message>
</context>
<context>
    <name>RunList</name>
    <message>
        <source>Pretraining runs</source>
        <translation>事前学習の一覧</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>比較…</translation>
    </message>
    <message>
        <source>Compare with the one in use; select two to compare these</source>
        <translation>使用中のものと比較します。2 つ選ぶとその 2 つを比較します</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>削除…</translation>
    </message>
    <message>
        <source>Delete this run from the disk; not possible for the one in use</source>
        <translation>この事前学習をディスクから削除します（使用中のものは削除できません）</translation>
    </message>
    <message>
        <source>Use this one</source>
        <translation>これを使う</translation>
    </message>
    <message>
        <source>Predictions are made with it from then on; the other ones are kept</source>
        <translation>以後の予測に使います。ほかのものも残ります</translation>
    </message>
</context>
<context>
    <name>RunModel</name>
    <message>
        <source>It works without pretraining, but does not know your product.</source>
        <translation>事前学習なしで使えますが、お使いの製品のことは知りません。</translation>
    </message>
    <message>
        <source>Shipped with the program</source>
        <translation>付属の標準エンコーダー</translation>
    </message>
    <message>
        <source>{name} (in use)</source>
        <translation>{name}（使用中）</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>学習</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>作成日時</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時間</translation>
    </message>
    <message>
        <source>What came of it</source>
        <translation>結果</translation>
    </message>
</context>
<context>
    <name>RunNotice</name>
    <message>
        <source>Pretraining has failed</source>
        <translation>事前学習に失敗しました</translation>
    </message>
    <message>
        <source>Pretraining has ended</source>
        <translation>事前学習が終わりました</translation>
    </message>
</context>
<context>
    <name>RunNumbers</name>
    <message>
        <source>{speed} images per second</source>
        <translation>毎秒 {speed} 枚</translation>
    </message>
    <message>
        <source>step {step} of about {total}</source>
        <translation>ステップ {step} / 約 {total}</translation>
    </message>
    <message>
        <source>pass {epoch} over the images</source>
        <translation>画像全体の {epoch} 周目</translation>
    </message>
    <message>
        <source>{percent} % of the tagged images told apart</source>
        <translation>タグ付き画像の正解率 {percent} %</translation>
    </message>
</context>
<context>
    <name>RunRemoval</name>
    <message>
        <source>Delete run</source>
        <translation>事前学習を削除</translation>
    </message>
    <message>
        <source>Delete &quot;{name}&quot;?</source>
        <translation>「{name}」を削除しますか？</translation>
    </message>
    <message>
        <source>What it has learned is deleted from the disk and cannot be brought back. Tags and images stay, and the encoder in use is another one.</source>
        <translation>学習した内容はディスクから削除され、元に戻せません。タグと画像は残ります。現在使用中のエンコーダーには影響しません。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message>
        <source>They fall quickly at first, then slowly: that is how it should look.</source>
        <translation>初めは速く、その後ゆっくり下がれば順調です。</translation>
    </message>
    <message>
        <source>They appear here while pretraining runs.</source>
        <translation>事前学習を実行すると、ここに表示されます。</translation>
    </message>
    <message>
        <source>Learning curves</source>
        <translation>学習曲線</translation>
    </message>
    <message>
        <source>What has happened</source>
        <translation>これまでの経過</translation>
    </message>
</context>
<context>
    <name>RunWords</name>
    <message>
        <source>Getting ready…</source>
        <translation>準備しています…</translation>
    </message>
    <message>
        <source>Reading the images…</source>
        <translation>画像を読み込んでいます…</translation>
    </message>
    <message>
        <source>Learning on {device}: parts of each image are hidden, and the network learns to tell what is there. You can go on labelling meanwhile.</source>
        <translation>{device} で学習中：画像の一部を隠し、そこに何があるかを当てることで製品の見た目を覚えます。この間もタグ付けを続けられます。</translation>
    </message>
    <message>
        <source>Comparing what was learned with what was known before…</source>
        <translation>学習した内容を以前のものと比べています…</translation>
    </message>
    <message>
        <source>Paused. “Go on” continues exactly where it stopped.</source>
        <translation>一時停止中です。「再開」で続きから始まります。</translation>
    </message>
    <message>
        <source>Stopping after this step and keeping what was learned…</source>
        <translation>学習内容を保存して停止しています…</translation>
    </message>
    <message>
        <source>There are no images yet. Open a folder on the Images page first.</source>
        <translation>まだ画像がありません。先に「画像」ページでフォルダーを開いてください。</translation>
    </message>
    <message>
        <source>Choose how long, then start. The longer it runs, the better it knows your product.</source>
        <translation>学習時間を選んで開始してください。長いほど、製品の見た目をよく覚えます。</translation>
    </message>
    <message>
        <source>Step {step}: {text}</source>
        <translation>ステップ {step}：{text}</translation>
    </message>
    <message>
        <source>Pretraining was cancelled before it began.</source>
        <translation>事前学習は、始まる前に中止されました。</translation>
    </message>
    <message>
        <source>Pretraining was stopped after {time}. It can go on from there later; until it is finished, the encoder from before stays in use.</source>
        <translation>事前学習を停止しました（{time}）。後で続きから再開できます。完了するまでは、これまでのエンコーダーを使います。</translation>
    </message>
    <message>
        <source>Pretraining is finished: {time} on {images}. The new encoder is in use and the predictions are being renewed.</source>
        <translation>事前学習が完了しました（{images}、{time}）。新しいエンコーダーに切り替え、予測を更新しています。</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message numerus="yes">
        <source>remove the tag of %n image(s)</source>
        <translation>
            <numerusform>%n 枚のタグを外す</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>tag %n image(s) as &quot;{name}&quot;</source>
        <translation>
            <numerusform>%n 枚に「{name}」のタグを付ける</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>It sees</source>
        <translation>見える部分</translation>
    </message>
    <message>
        <source>It rebuilds</source>
        <translation>復元</translation>
    </message>
    <message>
        <source>The image</source>
        <translation>元の画像</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>Click one to go on where you stopped.</source>
        <translation>クリックすると、前回の続きから始められます。</translation>
    </message>
    <message>
        <source>Projects you have opened appear here.</source>
        <translation>開いたプロジェクトがここに表示されます。</translation>
    </message>
    <message>
        <source>Visual inspection from a few examples</source>
        <translation>少ない見本から始める外観検査</translation>
    </message>
    <message>
        <source>Open a folder of product images, tag a few of each kind, and export a model file that judges parts.</source>
        <translation>製品画像のフォルダーを開き、種類ごとに数枚のタグを付けるだけで、部品を判定するモデルファイルを書き出せます。</translation>
    </message>
    <message>
        <source>Try the sample set</source>
        <translation>サンプルで試す</translation>
    </message>
    <message>
        <source>240 pictures of ground metal parts, good and with five kinds of defect, are made on this computer. The best way to see how everything works.</source>
        <translation>研削した金属部品の画像 240 枚（良品と 5 種類の不良）をこのパソコンで作成します。全体の流れを知るのに最適です。</translation>
    </message>
    <message>
        <source>Make the sample set</source>
        <translation>サンプルを作成</translation>
    </message>
    <message>
        <source>Open a folder of images</source>
        <translation>画像フォルダーを開く</translation>
    </message>
    <message>
        <source>Images in all its sub-folders are found: BMP, PNG, JPEG, TIFF and more. They are only read, never copied or changed. You can also drop a folder onto this window.</source>
        <translation>サブフォルダーの中の画像もすべて読み込みます（BMP、PNG、JPEG、TIFF など）。読み取るだけで、コピーも変更もしません。このウィンドウにフォルダーをドロップしても開けます。</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>フォルダーを開く…</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>最近のプロジェクト</translation>
    </message>
    <message>
        <source>The work goes from top to bottom along the left edge: images, pretraining (optional), labels, export.</source>
        <translation>作業は左端の順に、上から下へ進みます：画像、事前学習（任意）、タグ付け、書き出し。</translation>
    </message>
</context>
<context>
    <name>Strip</name>
    <message>
        <source>Step {step}</source>
        <translation>ステップ {step}</translation>
    </message>
</context>
<context>
    <name>TagNextBar</name>
    <message>
        <source>Between {first} and {second} ({share} / {other})</source>
        <translation>{first} と {second} の間で迷っています（{share} / {other}）</translation>
    </message>
    <message>
        <source>Typical: {share} of the images are more like this one than like any tagged one</source>
        <translation>代表的な画像：全体の {share} は、タグ付きのどの画像よりもこの画像に似ています</translation>
    </message>
    <message>
        <source>Typical of these images: a good one to begin with</source>
        <translation>全体を代表する画像です。最初のタグ付けに適しています</translation>
    </message>
    <message>
        <source>Different from everything tagged so far</source>
        <translation>これまでにタグ付けしたどの画像とも似ていません</translation>
    </message>
    <message>
        <source>Odd: like nothing tagged. Perhaps an unknown defect, or a bad picture</source>
        <translation>タグ付きのどれにも当てはまりません。未知の不良か、撮像の失敗かもしれません</translation>
    </message>
    <message>
        <source>Judged {first} ({share}), a class with few tags</source>
        <translation>タグの少ないクラス {first} と判定されています（{share}）</translation>
    </message>
    <message>
        <source>Tagged {second}, but the other tags say {first} ({share}). Is the tag right?</source>
        <translation>タグは {second} ですが、ほかのタグからは {first}（{share}）と判定されます。タグは正しいですか？</translation>
    </message>
    <message>
        <source>What to tag next</source>
        <translation>次にタグ付けする画像</translation>
    </message>
    <message>
        <source>Shows the images whose tags help most, the best first ({keys})</source>
        <translation>タグ付けの効果が大きい画像から順に表示します（{keys}）</translation>
    </message>
    <message>
        <source>How the next images are chosen</source>
        <translation>次の画像の選び方</translation>
    </message>
    <message>
        <source>Mixed (recommended)</source>
        <translation>おまかせ（推奨）</translation>
    </message>
    <message>
        <source>Typical, uncertain, odd and rare images in turn: needs the fewest tags</source>
        <translation>代表的な画像、迷う画像、変わった画像、少ないクラスの画像を織り交ぜます。最も少ないタグで済みます</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>判定に迷う画像</translation>
    </message>
    <message>
        <source>Images between two classes</source>
        <translation>2 つのクラスの間にある画像</translation>
    </message>
    <message>
        <source>Diverse</source>
        <translation>多様な画像</translation>
    </message>
    <message>
        <source>Images that differ from everything tagged</source>
        <translation>タグ付きのどの画像とも違う画像</translation>
    </message>
    <message>
        <source>Odd</source>
        <translation>変わった画像</translation>
    </message>
    <message>
        <source>Images like nothing tagged: perhaps unknown defects</source>
        <translation>タグ付きのどれにも当てはまらない画像。未知の不良かもしれません</translation>
    </message>
    <message>
        <source>Rare class</source>
        <translation>少ないクラス</translation>
    </message>
    <message>
        <source>Images judged to be of the class with the fewest tags</source>
        <translation>タグが最も少ないクラスと判定された画像</translation>
    </message>
    <message>
        <source>Likely mistakes</source>
        <translation>タグ間違いの疑い</translation>
    </message>
    <message>
        <source>Tagged images that the other tags judge differently</source>
        <translation>ほかのタグからは別のクラスと判定される、タグ付きの画像</translation>
    </message>
</context>
<context>
    <name>ThresholdBox</name>
    <message>
        <source>Below a risk of {low} a part is good, from {high} on a defect; between, a person is asked.</source>
        <translation>不良の確率が {low} 未満なら良品、{high} 以上なら不良、その間は人に確認します。</translation>
    </message>
    <message>
        <source>From a risk of {high} on a part is a defect.</source>
        <translation>不良の確率が {high} 以上なら不良とします。</translation>
    </message>
    <message>
        <source>Where classes cost differently, both are a little other for each part.</source>
        <translation>クラスごとにコストが異なるため、部品によって両方の境界は多少前後します。</translation>
    </message>
    <message>
        <source>To tell how many parts will be missed, good parts and defects need two tags each, or more.</source>
        <translation>見逃しの数を見積もるには、良品と不良のそれぞれに2枚以上のタグが必要です。</translation>
    </message>
    <message>
        <source>Of 1,000 parts, of which about {defects} are defective, expect about &lt;b&gt;{missed} missed&lt;/b&gt; and &lt;b&gt;{alarms} false alarms&lt;/b&gt;; a person is asked about {asked}.</source>
        <translation>1,000個（うち不良は約 {defects} 個）に対して、&lt;b&gt;見逃し 約 {missed} 個&lt;/b&gt;、&lt;b&gt;過検出 約 {alarms} 個&lt;/b&gt;、人の確認 約 {asked} 個と予想されます。</translation>
    </message>
    <message>
        <source>Judged by {defects} tagged defects and {good} tagged good parts, each without its own tag, the truth lies with 95% certainty between {missed_low} and {missed_high} missed, and between {alarms_low} and {alarms_high} false alarms. More tags narrow this down.</source>
        <translation>タグ付きの不良 {defects} 枚と良品 {good} 枚を、それぞれ自身のタグを使わずに判定した結果です。95% の確からしさで、見逃しは {missed_low}～{missed_high} 個、過検出は {alarms_low}～{alarms_high} 個の範囲です。タグを増やすと範囲が狭まります。</translation>
    </message>
    <message>
        <source>← fewer missed defects</source>
        <translation>← 見逃しを減らす</translation>
    </message>
    <message>
        <source>fewer false alarms →</source>
        <translation>過検出を減らす →</translation>
    </message>
    <message>
        <source>Where the line between good and defect lies</source>
        <translation>良品と不良の境界</translation>
    </message>
    <message>
        <source>Back to the computed line</source>
        <translation>計算された境界に戻す</translation>
    </message>
</context>
<context>
    <name>VerdictWords</name>
    <message>
        <source>A person should look: the class is too uncertain.</source>
        <translation>人に確認してください：クラスの確からしさが低いためです。</translation>
    </message>
    <message>
        <source>&lt;b&gt;Good part&lt;/b&gt;: risk of a defect {risk}, below {low}.</source>
        <translation>&lt;b&gt;良品&lt;/b&gt;：不良の確率 {risk}（{low} 未満）。</translation>
    </message>
    <message>
        <source>&lt;b&gt;Defect&lt;/b&gt;: risk {risk}, from {high} on.</source>
        <translation>&lt;b&gt;不良&lt;/b&gt;：不良の確率 {risk}（{high} 以上）。</translation>
    </message>
    <message>
        <source>&lt;b&gt;A person should look&lt;/b&gt;: risk of a defect {risk}, between {low} and {high}.</source>
        <translation>&lt;b&gt;人に確認&lt;/b&gt;：不良の確率 {risk}（{low}～{high} の間）。</translation>
    </message>
    <message>
        <source>&lt;b&gt;Good part&lt;/b&gt; by a rule: {why}</source>
        <translation>&lt;b&gt;良品&lt;/b&gt;（ルールによる）：{why}</translation>
    </message>
    <message>
        <source>&lt;b&gt;A person should look&lt;/b&gt;, by a rule: {why}</source>
        <translation>&lt;b&gt;人に確認&lt;/b&gt;（ルールによる）：{why}</translation>
    </message>
    <message>
        <source>the image is too dark.</source>
        <translation>画像が暗すぎます。</translation>
    </message>
    <message>
        <source>the image is not sharp enough.</source>
        <translation>画像が不鮮明です。</translation>
    </message>
    <message>
        <source>the verdict is less probable than was asked for.</source>
        <translation>判定の確率が設定値より低くなっています。</translation>
    </message>
    <message>
        <source>what speaks for a defect lies outside the inspected area.</source>
        <translation>不良の根拠が検査範囲の外にあります。</translation>
    </message>
    <message>
        <source>what speaks for a defect covers too little of the image.</source>
        <translation>不良の根拠となる部分が小さすぎます。</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>about %n second(s) left</source>
        <translation>
            <numerusform>残り約 %n 秒</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>残り約 %n 分</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hour(s) left</source>
        <translation>
            <numerusform>残り約 %n 時間</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n second(s)</source>
        <translation>
            <numerusform>%n 秒</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n 分</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n 枚</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) tagged</source>
        <translation>
            <numerusform>タグ付け %n 枚</numerusform>
        </translation>
    </message>
</context>
</TS>
