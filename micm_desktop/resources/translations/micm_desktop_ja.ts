<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja_JP">
<context>
    <name>About</name>
    <message>
        <source>About MICM Desktop</source>
        <translation>MICM Desktop について</translation>
    </message>
    <message>
        <source>Commit {commit} of {date}</source>
        <translation>コミット {commit}（{date}）</translation>
    </message>
    <message>
        <source>Commit {commit} of {date}, with changes</source>
        <translation>コミット {commit}（{date}）に変更を加えたもの</translation>
    </message>
    <message>
        <source>Started from its sources.</source>
        <translation>ソースコードから起動しています。</translation>
    </message>
    <message>
        <source>Visual inspection from a few examples. Everything runs on this computer; no image leaves it.</source>
        <translation>少数の見本から始める外観検査。すべての処理はこのパソコンの中で行われ、画像が外へ送られることはありません。</translation>
    </message>
    <message>
        <source>Log: {log}</source>
        <translation>ログ：{log}</translation>
    </message>
</context>
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
    <name>CardMenu</name>
    <message>
        <source>Tag as</source>
        <translation>タグを付ける</translation>
    </message>
    <message>
        <source>Remove the tag</source>
        <translation>タグを外す</translation>
    </message>
    <message>
        <source>Unsure, look again later</source>
        <translation>保留（後で見直す）</translation>
    </message>
    <message>
        <source>Show in its folder</source>
        <translation>フォルダーで表示</translation>
    </message>
    <message numerus="yes">
        <source>Copy %n path(s)</source>
        <translation>
            <numerusform>パスをコピー（%n 件）</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CardPainter</name>
    <message>
        <source>Missing</source>
        <translation>見つかりません</translation>
    </message>
    <message>
        <source>Unreadable</source>
        <translation>読めません</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>no tag</source>
        <translation>タグなし</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
</context>
<context>
    <name>ChangedBar</name>
    <message>
        <source>All images</source>
        <translation>すべての画像</translation>
    </message>
    <message>
        <source>Show what was listed before (Esc)</source>
        <translation>元の一覧に戻します（Esc）</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) that changed class</source>
        <translation>
            <numerusform>クラスが変わった画像のみ表示中: %n 枚</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChangesNote</name>
    <message>
        <source>Show exactly these images, with the class before and now (Ctrl+D)</source>
        <translation>該当する画像だけを、変化前と現在のクラス付きで表示します（Ctrl+D）</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) changed class</source>
        <translation>
            <numerusform>クラスが変わった画像: %n 枚</numerusform>
        </translation>
    </message>
    <message>
        <source>No prediction changed</source>
        <translation>予測は変わりませんでした</translation>
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
        <source>This class means good parts</source>
        <translation>このクラスは良品を表します</translation>
    </message>
    <message>
        <source>Save and add another</source>
        <translation>保存して次を追加</translation>
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
        <source>A mistake costs</source>
        <translation>誤判定のコスト</translation>
    </message>
    <message>
        <source>Please enter a name.</source>
        <translation>名前を入力してください。</translation>
    </message>
    <message>
        <source>For each part of this class that is called a defect; the same value as on Decide.</source>
        <translation>このクラスの品を不良と判定したときの 1 個あたりのコスト。「判定」ページと同じ値です。</translation>
    </message>
    <message>
        <source>In false alarms, for each part of this class that passes as good; the same value as on Decide.</source>
        <translation>このクラスの品を良品と判定したときの 1 個あたりのコスト（過検出 1 個を 1 とする）。「判定」ページと同じ値です。</translation>
    </message>
</context>
<context>
    <name>ClassEditing</name>
    <message>
        <source>Add a class…</source>
        <translation>クラスを追加…</translation>
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
        <source>%n image(s) lose their tag. Undo brings the class and its tags back.</source>
        <translation>
            <numerusform>%n 枚の画像のタグがなくなります。「元に戻す」でクラスもタグも戻せます。</numerusform>
        </translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>削除</translation>
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
        <source>Merge into</source>
        <translation>統合先</translation>
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
        <source>Select images, then press a class&apos;s key, click it or drag them onto it. 0: no tag. U: unsure.</source>
        <translation>画像を選び、クラスのキーを押すか、クリックするか、クラスへドラッグします。0：タグなし&#x3000;U：保留</translation>
    </message>
    <message>
        <source>Add a class for good parts and one for each kind of defect you want to find.</source>
        <translation>良品のクラスと、見つけたい不良の種類ごとのクラスを追加してください。</translation>
    </message>
</context>
<context>
    <name>ClosingBox</name>
    <message>
        <source>Closing the project</source>
        <translation>プロジェクトを閉じています</translation>
    </message>
    <message>
        <source>The project is being written back to the network drive. You need not wait: everything is kept on this computer, and can be written back when the project is opened here again. Until then, other computers do not see the last changes.</source>
        <translation>プロジェクトをネットワークドライブに書き戻しています。待たなくてもかまいません。すべてこのコンピューターに残っており、次にここで開いたときに書き戻すこともできます。それまでは、最後の変更はほかのコンピューターからは見えません。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>もう一度</translation>
    </message>
    <message>
        <source>Close now: write back next time</source>
        <translation>今すぐ閉じる（次回に書き戻す）</translation>
    </message>
</context>
<context>
    <name>ColorChoice</name>
    <message>
        <source>Colour of the class</source>
        <translation>クラスの色</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>青</translation>
    </message>
    <message>
        <source>Orange</source>
        <translation>オレンジ</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>緑</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>ピンク</translation>
    </message>
    <message>
        <source>Sky blue</source>
        <translation>空色</translation>
    </message>
    <message>
        <source>Vermilion</source>
        <translation>朱色</translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation>黄</translation>
    </message>
    <message>
        <source>Indigo</source>
        <translation>藍色</translation>
    </message>
    <message>
        <source>Light blue</source>
        <translation>水色</translation>
    </message>
    <message>
        <source>Wine red</source>
        <translation>ワインレッド</translation>
    </message>
    <message>
        <source>Olive</source>
        <translation>オリーブ</translation>
    </message>
    <message>
        <source>Purple</source>
        <translation>紫</translation>
    </message>
    <message>
        <source>Teal</source>
        <translation>青緑</translation>
    </message>
    <message>
        <source>Brown</source>
        <translation>茶</translation>
    </message>
    <message>
        <source>{color}, used by {name}</source>
        <translation>{color}（「{name}」で使用中）</translation>
    </message>
    <message>
        <source>Other…</source>
        <translation>その他…</translation>
    </message>
    <message>
        <source>Another colour</source>
        <translation>その他の色</translation>
    </message>
</context>
<context>
    <name>ColorMapButton</name>
    <message>
        <source>Black to yellow (default)</source>
        <translation>黒から黄（標準）</translation>
    </message>
    <message>
        <source>Violet to yellow</source>
        <translation>紫から黄</translation>
    </message>
    <message>
        <source>Blue to yellow</source>
        <translation>青から黄</translation>
    </message>
    <message>
        <source>Rainbow (hard to read for colour-blind people)</source>
        <translation>虹色（色覚の違いにより読み取りにくい場合があります）</translation>
    </message>
    <message>
        <source>Colours of the heatmap</source>
        <translation>ヒートマップの配色</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Find an action</source>
        <translation>操作を検索</translation>
    </message>
    <message>
        <source>Type a part of what you want to do</source>
        <translation>したいことの一部を入力</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>No action has such a name.</source>
        <translation>該当する操作がありません。</translation>
    </message>
    <message>
        <source>Not possible at the moment.</source>
        <translation>今は実行できません。</translation>
    </message>
    <message>
        <source>Enter runs it, Esc closes.</source>
        <translation>Enter で実行、Esc で閉じます。</translation>
    </message>
</context>
<context>
    <name>ComparePane</name>
    <message>
        <source>Nothing to compare with: tag other images, and let features be computed.</source>
        <translation>比べる画像がありません。ほかの画像にタグを付け、特徴量を計算してください。</translation>
    </message>
    <message>
        <source>Tagged {name}, similarity {share} ({number} of {count})</source>
        <translation>タグ：{name}、類似度 {share}（{count} 枚中 {number} 枚目）</translation>
    </message>
    <message>
        <source>The nearest tagged image</source>
        <translation>最も近いタグ付き画像</translation>
    </message>
    <message>
        <source>A nearer tagged image</source>
        <translation>より近いタグ付き画像</translation>
    </message>
    <message>
        <source>The next nearest tagged image</source>
        <translation>次に近いタグ付き画像</translation>
    </message>
</context>
<context>
    <name>ComparisonBox</name>
    <message>
        <source>There is only one encoder yet. Pretrain one first.</source>
        <translation>エンコーダーが 1 つしかありません。先に事前学習を行ってください。</translation>
    </message>
    <message>
        <source>Choose two that differ.</source>
        <translation>異なる 2 つを選んでください。</translation>
    </message>
    <message>
        <source>Both right: {count}</source>
        <translation>両方正解：{count}</translation>
    </message>
    <message>
        <source>Only A right: {count}</source>
        <translation>A だけ正解：{count}</translation>
    </message>
    <message>
        <source>Only B right: {count}</source>
        <translation>B だけ正解：{count}</translation>
    </message>
    <message>
        <source>Neither right: {count}</source>
        <translation>両方不正解：{count}</translation>
    </message>
    <message>
        <source>Show these images</source>
        <translation>この画像を表示</translation>
    </message>
    <message>
        <source>Both judge the same images, by what is most probable; an exact test (McNemar) says whether a difference may be chance.</source>
        <translation>同じ画像を、最も確率の高いクラスで判定して比べます。差が偶然かどうかは正確検定（マクネマー）で調べます。</translation>
    </message>
    <message>
        <source>Tags or settings have changed since this comparison.</source>
        <translation>この比較の後に、タグや設定が変わりました。</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>A:</source>
        <translation>A：</translation>
    </message>
    <message>
        <source>B:</source>
        <translation>B：</translation>
    </message>
    <message>
        <source>Methods</source>
        <translation>判定方法</translation>
    </message>
    <message>
        <source>Encoders</source>
        <translation>エンコーダー</translation>
    </message>
    <message>
        <source>What is compared</source>
        <translation>比較するもの</translation>
    </message>
    <message>
        <source>First to compare, A</source>
        <translation>比較する 1 つ目、A</translation>
    </message>
    <message>
        <source>Second to compare, B</source>
        <translation>比較する 2 つ目、B</translation>
    </message>
</context>
<context>
    <name>ConfusionModel</name>
    <message numerus="yes">
        <source>%n image(s) tagged &quot;{name}&quot;: unknown</source>
        <translation>
            <numerusform>タグ「{name}」の画像 %n 枚：未知と判定</numerusform>
        </translation>
    </message>
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
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
</context>
<context>
    <name>ContentsBox</name>
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
        <source>What goes into the file</source>
        <translation>ファイルに入る内容</translation>
    </message>
</context>
<context>
    <name>Core</name>
    <message>
        <source>The encoder in use cannot be deleted. Use another one first.</source>
        <translation>使用中のエンコーダーは削除できません。先に別のものを使ってください。</translation>
    </message>
    <message>
        <source>This run kept nothing to compare it with, and cannot be judged again.</source>
        <translation>この学習結果には比べる相手が残されていないため、再判定できません。</translation>
    </message>
    <message>
        <source>To judge a run again, at least two classes need three tags each.</source>
        <translation>再判定には、2 つ以上のクラスにそれぞれ 3 枚以上のタグが必要です。</translation>
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
        <source>this is a link that leads to no file</source>
        <translation>リンク先のファイルがありません</translation>
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
        <source>the decoder crashed on this file</source>
        <translation>このファイルで画像の展開処理が異常終了しました</translation>
    </message>
    <message>
        <source>decoding this file took more than {seconds} seconds</source>
        <translation>画像の展開に {seconds} 秒以上かかりました</translation>
    </message>
    <message>
        <source>its folder is not there; connect the drive, or tell the project where the folder is now</source>
        <translation>フォルダーが見つかりません。ドライブを接続するか、フォルダーの現在の場所を指定してください</translation>
    </message>
    <message>
        <source>An image that cannot be opened cannot be marked.</source>
        <translation>開けない画像には領域をマークできません。</translation>
    </message>
    <message>
        <source>The marked region is empty. Drag from one corner of the defect to the other.</source>
        <translation>マークした領域に大きさがありません。欠陥の角から反対側の角までドラッグしてください。</translation>
    </message>
    <message>
        <source>This region was already removed.</source>
        <translation>この領域はすでに削除されています。</translation>
    </message>
    <message>
        <source>The folder {path} is not a folder. Check the path, or connect the drive that holds it.</source>
        <translation>{path} はフォルダーではありません。場所を確かめるか、ドライブを接続してください。</translation>
    </message>
    <message>
        <source>The folder {path} is a link that leads to no folder. Check the path, or connect the drive that holds it.</source>
        <translation>フォルダー {path} はリンクですが、リンク先のフォルダーがありません。場所を確かめるか、ドライブを接続してください。</translation>
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
        <source>This project names a file outside of its folders ({name}). It was not made by this program; do not open it.</source>
        <translation>このプロジェクトは、フォルダーの外にあるファイル（{name}）を指しています。本プログラムで作られたものではないため、開かないでください。</translation>
    </message>
    <message>
        <source>{path} holds a {kind} named {name}, which no project of this program has. Do not open it: it may have been made to do harm.</source>
        <translation>{path} に、本プログラムのプロジェクトにはない {kind}「{name}」が含まれています。害を与える目的で作られたおそれがあるため、開かないでください。</translation>
    </message>
    <message>
        <source>{path} is not a project file. Choose another folder for the project.</source>
        <translation>{path} はプロジェクトファイルではありません。プロジェクトには別のフォルダーを選んでください。</translation>
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
        <source>This step cannot be undone with this version of the program.</source>
        <translation>この操作は、このバージョンでは元に戻せません。</translation>
    </message>
    <message>
        <source>This step cannot be undone: the class was changed since, by another program.</source>
        <translation>この操作は元に戻せません。その後、別のプログラムがクラスを変更しています。</translation>
    </message>
    <message>
        <source>This step cannot be undone: what it changed was changed again since, by another program. Undo that change first.</source>
        <translation>この操作は元に戻せません。その後、別のプログラムがさらに変更しています。先にその変更を元に戻してください。</translation>
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
        <source>There are no images in {path}. BMP, PNG, JPEG, TIFF and WebP files are looked for, in sub-folders too.</source>
        <translation>{path} に画像がありません。BMP、PNG、JPEG、TIFF、WebP のファイルを、サブフォルダーも含めて探します。</translation>
    </message>
    <message>
        <source>{path} has only {count} different images; a comparison needs {least}. Collect more.</source>
        <translation>{path} には異なる画像が {count} 枚しかありません。比較には {least} 枚必要です。もっと集めてください。</translation>
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
        <source>The features from before pretraining stay in use: judged by the other tags, tagged images get their class with {base} confidence on average, with the new features {new}. That is not clearly better.</source>
        <translation>事前学習前の特徴を引き続き使います。タグ付き画像をほかのタグだけで判定すると、正しいクラスの確信度は平均で、この特徴では {base}、新しい特徴では {new} でした。はっきり良くなったとは言えません。</translation>
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
        <source>There are {count} images to learn from; {least} are needed. Name a folder with more images.</source>
        <translation>学習に使える画像が {count} 枚しかありません。{least} 枚以上必要です。画像の多いフォルダーを指定してください。</translation>
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
        <source>The images are cut into {across} x {down} tiles: judged by the other tags, {cut} of the tagged images get their class that way, uncut {whole}.</source>
        <translation>画像を {across} x {down} のタイルに分割します。ほかのタグだけで判定すると、タグ付き画像の {cut} が正しいクラスになります（分割しない場合は {whole}）。</translation>
    </message>
    <message>
        <source>The images are not cut into tiles: judged by the other tags, {cut} of the tagged images get their class in {across} x {down} tiles, uncut {whole}.</source>
        <translation>画像はタイルに分割しません。ほかのタグだけで判定すると、正しいクラスになるタグ付き画像は {across} x {down} のタイルで {cut}、分割しない場合は {whole} です。</translation>
    </message>
    <message>
        <source>Nothing to cut into tiles yet: at least two classes need a tag.</source>
        <translation>まだタイルに分割できません。少なくとも 2 つのクラスにタグが必要です。</translation>
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
        <source>The system ended the process that writes the model file, most often for want of memory. Close other programs and try again.</source>
        <translation>モデルファイルを書き込むプロセスがシステムによって終了されました（多くはメモリ不足が原因です）。ほかのプログラムを閉じて、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The model file does not agree with this program (largest difference {difference}); it was not kept. Please report this with the log file.</source>
        <translation>モデルファイルの判定がこのプログラムと一致しません（最大差 {difference}）。ファイルは残していません。ログファイルを添えてご連絡ください。</translation>
    </message>
    <message>
        <source>int8 loses too much: of {tags} tagged images that the model had not learned from, {right} are right instead of {before} ({points} points; the limit is {limit}). No file was written. Leave int8 off, or raise the limit with --int8-limit.</source>
        <translation>int8 では精度が下がりすぎます。学習に使っていないタグ付き画像 {tags} 枚のうち、正解は {before} 枚から {right} 枚になりました（{points} ポイントの低下、上限は {limit} ポイント）。ファイルは書き出していません。int8 を使わずに書き出すか、コマンドラインの --int8-limit で上限を上げてください。</translation>
    </message>
    <message>
        <source>Files for OpenVINO need a package that is not installed. Install it with: pip install &quot;micm-desktop[openvino]&quot;, or use a file in ONNX.</source>
        <translation>OpenVINO 用のファイルに必要なパッケージがありません。pip install &quot;micm-desktop[openvino]&quot; でインストールするか、ONNX のファイルをお使いください。</translation>
    </message>
    <message>
        <source>The report&apos;s file must end in .html or .pdf, not {name}.</source>
        <translation>報告書のファイル名は .html か .pdf で終わる必要があります({name}は使えません)。</translation>
    </message>
    <message>
        <source>{path} is a folder. Name a file, such as {example}.</source>
        <translation>{path}はフォルダーです。{example}のように、ファイルを指定してください。</translation>
    </message>
    <message>
        <source>{path} cannot be written ({reason}). Close it where it is open, or name another file or folder.</source>
        <translation>{path}に書き込めません({reason})。開いているプログラムで閉じるか、別のファイルかフォルダーを指定してください。</translation>
    </message>
    <message>
        <source>{path} cannot be read ({reason}). Name the model file that was exported.</source>
        <translation>{path}を読めません({reason})。書き出したモデルファイルを指定してください。</translation>
    </message>
    <message>
        <source>An image that cannot be opened cannot be set aside. Take it out of the list and try again.</source>
        <translation>開けない画像は取り分けられません。一覧から外して、もう一度実行してください。</translation>
    </message>
    <message>
        <source>{count} of the images have or had a tag: what was learned from cannot test. Set aside images that were never tagged.</source>
        <translation>画像のうち {count} 枚にはタグがある、または以前ありました。学習に使った画像ではテストできません。タグを付けたことのない画像を取り分けてください。</translation>
    </message>
    <message>
        <source>The test set has changed since the features were loaded. Load them again.</source>
        <translation>特徴量を読み込んだあとでテスト用画像が変わりました。読み込み直してください。</translation>
    </message>
    <message>
        <source>{count} images of the test set are left out: nothing may learn from them.</source>
        <translation>テスト用画像 {count} 枚を除きました。これらを学習に使うことはできません。</translation>
    </message>
    <message>
        <source>The share of images to set aside must lie above 0 % and below 100 %.</source>
        <translation>取り分ける画像の割合は 0 % より大きく 100 % より小さくしてください。</translation>
    </message>
    <message>
        <source>That many images are already set aside, or there are too few for a test set.</source>
        <translation>その枚数の画像はすでに取り分けてあるか、画像が少なすぎてテスト用にできません。</translation>
    </message>
    <message>
        <source>All images have or had a tag: what was learned from cannot test. Add images that are new.</source>
        <translation>すべての画像にタグがある、または以前ありました。学習に使った画像ではテストできません。新しい画像を追加してください。</translation>
    </message>
    <message>
        <source>Nothing would be left to learn from. Set aside a smaller share.</source>
        <translation>学習に使える画像がなくなります。割合を小さくしてください。</translation>
    </message>
    <message>
        <source>The project file {path} is damaged. Restore its labels from a backup.</source>
        <translation>プロジェクトファイル {path} が破損しています。バックアップからラベルを復元してください。</translation>
    </message>
    <message>
        <source>int8 would miss defects: {missed} of {defects} images that the model calls defects or unknown would be called good (the limit is {limit} %). No file was written. Leave int8 off, or raise the limit with --int8-limit.</source>
        <translation>int8 では見逃しが生じます。通常のモデルが不良または未知とする {defects} 枚のうち {missed} 枚が良品と判定されます（上限は {limit} %）。ファイルは書き出していません。int8 を使わずに書き出すか、コマンドラインの --int8-limit で上限を上げてください。</translation>
    </message>
    <message>
        <source>All images of the list have or had a tag: what was learned from cannot test.</source>
        <translation>一覧の画像はすべて、タグがある、または以前ありました。学習に使った画像ではテストできません。</translation>
    </message>
    <message>
        <source>Nothing would be left to learn from. Set aside fewer images.</source>
        <translation>学習に使える画像がなくなります。取り分ける画像を減らしてください。</translation>
    </message>
    <message>
        <source>The list {path} cannot be read. It must be a text file with one image a line.</source>
        <translation>一覧 {path} を読み込めません。1 行に画像を 1 つ書いたテキストファイルにしてください。</translation>
    </message>
    <message>
        <source>Line {number} of {path} names no readable image of the project: {name}</source>
        <translation>{path} の {number} 行目は、このプロジェクトの読める画像ではありません：{name}</translation>
    </message>
    <message>
        <source>There is no encoder number {number} in this project.</source>
        <translation>このプロジェクトに番号 {number} のエンコーダーはありません。</translation>
    </message>
    <message>
        <source>the file is no longer there</source>
        <translation>ファイルがなくなっています</translation>
    </message>
    <message>
        <source>The features from before pretraining stay in use: with them {before} of the comparisons between tagged images come out right, with the new ones {new}.</source>
        <translation>事前学習前の特徴を引き続き使います。タグ付き画像どうしの比較で正しい割合は、この特徴では {before}、新しい特徴では {new} でした。</translation>
    </message>
    <message>
        <source>The features of small details are used, since pretraining taught them where to look: with them {details} of the comparisons between tagged images come out right, with the features from before pretraining {before}.</source>
        <translation>事前学習で見るべき場所を学んだため、細部の特徴を使います。タグ付き画像どうしの比較は、この特徴では {details} が正しく、事前学習前の特徴では {before} でした。</translation>
    </message>
    <message>
        <source>New and earlier features are used together: with both {both} of the comparisons between tagged images come out right, with the new ones alone {new}, with the earlier ones alone {before}.</source>
        <translation>新しい特徴と事前学習前の特徴を合わせて使います。タグ付き画像どうしの比較で正しい割合は、両方では {both}、新しい特徴だけでは {new}、事前学習前の特徴だけでは {before} でした。</translation>
    </message>
    <message>
        <source>The new features are used: with them {new} of the comparisons between tagged images come out right, with those from before pretraining {before}.</source>
        <translation>新しい特徴を使います。タグ付き画像どうしの比較で正しい割合は、この特徴では {new}、事前学習前の特徴では {before} でした。</translation>
    </message>
    <message>
        <source>Images that look alike to the new network differ in their small details. So the features that describe details stay in use; pretraining taught them where to look.</source>
        <translation>新しいネットワークが似ていると見る画像でも、細部は互いに異なります。そのため、細部を表す特徴を引き続き使います。どこを見るべきかは事前学習で学びました。</translation>
    </message>
    <message>
        <source>The features from before pretraining stay in use: what the new ones take for similar has nothing to do with what looked similar before.</source>
        <translation>事前学習前の特徴を引き続き使います。新しい特徴で似ているとされる画像が、前の特徴で似ていた画像とまったく合わないためです。</translation>
    </message>
    <message>
        <source>{user} on {machine} has had this project open since {time}: here it can only be looked at. Close it there to change it here.</source>
        <translation>{user}（{machine}）が {time} からこのプロジェクトを開いています。ここでは閲覧のみできます。ここで変更するには、そちらを閉じてください。</translation>
    </message>
    <message>
        <source>The project was opened only to look at it.</source>
        <translation>プロジェクトは閲覧用に開かれています。</translation>
    </message>
    <message>
        <source>This project was opened for editing elsewhere meanwhile: here it can only be looked at now. Open it again.</source>
        <translation>このプロジェクトは、その間にほかの場所で編集用に開かれました。ここでは今は見ることしかできません。開き直してください。</translation>
    </message>
    <message>
        <source>The backup could not be written to {path} ({reason}). Check the place and its free space.</source>
        <translation>バックアップを {path} に書き込めませんでした（{reason}）。書き込み先と空き容量を確認してください。</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>ディスクがいっぱいです</translation>
    </message>
    <message>
        <source>The backup {name} cannot be restored ({reason}). Choose another one.</source>
        <translation>バックアップ {name} は復元できません（{reason}）。別のバックアップを選んでください。</translation>
    </message>
    <message>
        <source>{path} could not be replaced ({reason}). Close other programs that use it, then try again.</source>
        <translation>{path} を置き換えられませんでした（{reason}）。使用中のプログラムを閉じて、もう一度お試しください。</translation>
    </message>
    <message>
        <source>The labels file {path} is too large ({size} MB at most).</source>
        <translation>ラベルファイル {path} が大きすぎます（最大 {size} MB）。</translation>
    </message>
    <message>
        <source>The labels file {path} cannot be read ({reason}).</source>
        <translation>ラベルファイル {path} を読み込めません（{reason}）。</translation>
    </message>
    <message>
        <source>{path}, line {number}: the text is not UTF-8. In Excel, save it as “CSV UTF-8 (comma delimited)”.</source>
        <translation>{path} の {number} 行目: 文字コードが UTF-8 ではありません。Excel では「CSV UTF-8（コンマ区切り）」で保存してください。</translation>
    </message>
    <message>
        <source>{path}, line 1: {separator} separates the cells, where a comma should. Save the file with commas; Excel takes the list separator of the system&apos;s regional settings.</source>
        <translation>{path}、1 行目：セルの区切りが {separator} です。カンマで区切って保存してください。Excel は、システムの地域設定にあるリストの区切り文字を使います。</translation>
    </message>
    <message>
        <source>{path}, line 1: the columns path or sha256, and class are needed. The first line names the columns.</source>
        <translation>{path} の 1 行目: path または sha256 の列と、class の列が必要です。1 行目には列名を書きます。</translation>
    </message>
    <message>
        <source>{path}, line 1: the column {column} is there twice.</source>
        <translation>{path} の 1 行目: 列 {column} が 2 つあります。</translation>
    </message>
    <message>
        <source>{path}, line {number}: this is not CSV ({reason}).</source>
        <translation>{path} の {number} 行目: CSV として読めません（{reason}）。</translation>
    </message>
    <message>
        <source>{path}, line {number}: {reason}</source>
        <translation>{path} の {number} 行目: {reason}</translation>
    </message>
    <message>
        <source>Line {number} contradicts line {other}: one image cannot be both.</source>
        <translation>{number} 行目は {other} 行目と矛盾しています。1 枚の画像が両方にはなりません。</translation>
    </message>
    <message>
        <source>Line {number}: the box reaches over the edge of the image, which has {width} x {height} pixels.</source>
        <translation>{number} 行目: 枠が画像（{width} x {height} 画素）の端からはみ出しています。</translation>
    </message>
    <message>
        <source>Line {number}: {reason}</source>
        <translation>{number} 行目: {reason}</translation>
    </message>
    <message>
        <source>there are {count} cells, and {columns} columns in the first line.</source>
        <translation>セルが {count} 個ありますが、1 行目の列は {columns} 個です。</translation>
    </message>
    <message>
        <source>{text} is not a content hash of 64 hexadecimal digits.</source>
        <translation>{text} は 64 桁の 16 進数のハッシュではありません。</translation>
    </message>
    <message>
        <source>neither path nor sha256 says which image is meant.</source>
        <translation>path も sha256 も空で、どの画像かわかりません。</translation>
    </message>
    <message>
        <source>there is neither a class nor a box.</source>
        <translation>クラスも枠もありません。</translation>
    </message>
    <message>
        <source>an image cannot be unsure and have a class.</source>
        <translation>「判断できない」とクラスは同時に指定できません。</translation>
    </message>
    <message>
        <source>{text} is not a time as in 2026-01-31T09:30:00+00:00.</source>
        <translation>{text} は 2026-01-31T09:30:00+00:00 の形の日時ではありません。</translation>
    </message>
    <message>
        <source>the column source must be human or import, not {text}.</source>
        <translation>列 source は human か import にしてください（{text} は使えません）。</translation>
    </message>
    <message>
        <source>the column {column} must be 0 or 1, not {text}.</source>
        <translation>列 {column} は 0 か 1 にしてください（{text} は使えません）。</translation>
    </message>
    <message>
        <source>a box needs all of xmin, ymin, xmax and ymax.</source>
        <translation>枠には xmin、ymin、xmax、ymax のすべてが必要です。</translation>
    </message>
    <message>
        <source>{text} are not four numbers.</source>
        <translation>{text} は 4 つの数値ではありません。</translation>
    </message>
    <message>
        <source>the box {text} is empty or lies outside of the image.</source>
        <translation>枠 {text} は空か、画像の外にあります。</translation>
    </message>
    <message>
        <source>The project could not be written back to the network drive ({reason}). What was changed is kept on this computer, and written back when the project is opened here again.</source>
        <translation>プロジェクトをネットワークドライブに書き戻せませんでした（{reason}）。変更した内容はこのコンピューターに残っており、このプロジェクトを次にここで開いたときに書き戻されます。</translation>
    </message>
    <message>
        <source>The project on the network drive could not be copied to this computer ({reason}).</source>
        <translation>ネットワークドライブ上のプロジェクトを、このコンピューターにコピーできませんでした（{reason}）。</translation>
    </message>
    <message>
        <source>An older version of this program has the project {path} open. Close it there.</source>
        <translation>古いバージョンのプログラムがプロジェクト {path} を開いています。そちらを閉じてください。</translation>
    </message>
</context>
<context>
    <name>CostFigure</name>
    <message>
        <source>1,000 parts cost as much as {cost} false alarms with the line in use (diamond), {least} with the one that is cheapest on these images (ring), {asked} were a person asked about each (dashed), and {passed} without any inspection.</source>
        <translation>1,000 個あたりのコスト（過検出 1 個を 1 とする）：現在の境界（ひし形）で {cost}、この画像で最も安い境界（丸）で {least}、全数を人が確認すると {asked}（破線）、検査しないと {passed}。</translation>
    </message>
    <message>
        <source>Cost of 1,000 parts</source>
        <translation>1,000 個のコスト</translation>
    </message>
    <message>
        <source>Costs</source>
        <translation>コスト</translation>
    </message>
    <message>
        <source>Line: risk from which a part is a defect</source>
        <translation>境界：不良とみなすリスク</translation>
    </message>
</context>
<context>
    <name>CostModel</name>
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
</context>
<context>
    <name>CostTable</name>
    <message>
        <source>Asking a person, per part</source>
        <translation>人が確認するコスト（1個あたり）</translation>
    </message>
    <message>
        <source>What a mistake costs, by class</source>
        <translation>クラスごとの誤判定のコスト</translation>
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
        <source>A cost must be more than 0: what costs nothing is never avoided.</source>
        <translation>コストは 0 より大きくしてください。0 では、その誤判定を避ける理由がなくなります。</translation>
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
        <source>Brightness {brightness}  ·  Sharpness {sharpness}</source>
        <translation>明るさ {brightness}  ·  鮮明さ {sharpness}</translation>
    </message>
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
        <source>As the rules on the Decide page measure them</source>
        <translation>「判定」ページのルールと同じ測り方です</translation>
    </message>
    <message>
        <source>Why {first} and not {second}: bright places speak for it most.</source>
        <translation>{second} ではなく {first} と判断した理由：明るい場所ほど強い根拠です。</translation>
    </message>
</context>
<context>
    <name>Distributions</name>
    <message>
        <source>Brightness (0: black, 1: white)</source>
        <translation>明るさ（0：黒、1：白）</translation>
    </message>
    <message>
        <source>Sharpness (more is sharper)</source>
        <translation>鮮明さ（大きいほど鮮明）</translation>
    </message>
    <message>
        <source>Noise (grey levels of 255)</source>
        <translation>ノイズ（255 階調中の階調）</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>画像</translation>
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
    <name>EditedDialog</name>
    <message>
        <source>Images that were changed</source>
        <translation>変更された画像</translation>
    </message>
    <message>
        <source>These files show something else than when they were labelled, so their labels are not used for them. Where they were only cropped or brightened, the labels may still be right.</source>
        <translation>これらのファイルは、ラベル付けのときと内容が異なるため、ラベルは適用されていません。切り抜きや明るさの調整だけなら、元のラベルがまだ正しいかもしれません。</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>Was tagged</source>
        <translation>元のタグ</translation>
    </message>
    <message>
        <source>Regions</source>
        <translation>領域</translation>
    </message>
    <message>
        <source>Label them as before</source>
        <translation>元のラベルを付ける</translation>
    </message>
    <message>
        <source>Leave them without a label</source>
        <translation>ラベルなしのままにする</translation>
    </message>
    <message>
        <source>Decide later</source>
        <translation>後で決める</translation>
    </message>
</context>
<context>
    <name>EditedImages</name>
    <message numerus="yes">
        <source>%n labelled image(s) show something else now: the file was changed.</source>
        <translation>
            <numerusform>ラベル付きの画像 %n 枚の内容が変わっています（ファイルが変更されました）。</numerusform>
        </translation>
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
    <name>EvaluatePage</name>
    <message>
        <source>Give up the test set</source>
        <translation>テスト用画像のロック解除</translation>
    </message>
    <message>
        <source>Give up the test set of {images}?</source>
        <translation>テスト用画像（{images}）のロックを解除しますか？</translation>
    </message>
    <message>
        <source>From now on their tags are learned from, and what was measured on them is no longer independent. This cannot be undone, and it stays on record in the project.</source>
        <translation>今後はそのタグから学習するため、これらで測った数値は独立したものではなくなります。元に戻すことはできず、解除した記録はプロジェクトに残ります。</translation>
    </message>
    <message>
        <source>Give it up</source>
        <translation>解除する</translation>
    </message>
    <message>
        <source>Keep the test set</source>
        <translation>ロックを続ける</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>中止しました。</translation>
    </message>
    <message>
        <source>{images} set aside for the test.</source>
        <translation>{images}をテスト用に取り分けました。</translation>
    </message>
    <message>
        <source>Judging the tagged images</source>
        <translation>タグ付き画像を判定しています</translation>
    </message>
    <message>
        <source>Comparing on the same images</source>
        <translation>同じ画像で比較しています</translation>
    </message>
    <message>
        <source>Looking for images that are nearly equal</source>
        <translation>ほぼ同じ画像を探しています</translation>
    </message>
    <message>
        <source>Giving up the test set</source>
        <translation>ロックを解除しています</translation>
    </message>
    <message numerus="yes">
        <source>Evaluated before %n change(s) of tags, classes, costs, images or encoder.</source>
        <translation>
            <numerusform>この評価のあと、タグ・クラス・コスト・画像・エンコーダーのいずれかが %n 回変わりました。</numerusform>
        </translation>
    </message>
    <message>
        <source>Evaluate anew</source>
        <translation>評価し直す</translation>
    </message>
    <message>
        <source>Show these images</source>
        <translation>この画像を表示</translation>
    </message>
    <message>
        <source>Right, nobody asked</source>
        <translation>正解（人の確認なし）</translation>
    </message>
    <message>
        <source>Missed defects</source>
        <translation>見逃し</translation>
    </message>
    <message>
        <source>False alarms</source>
        <translation>過検出</translation>
    </message>
    <message>
        <source>A person is asked</source>
        <translation>人の確認</translation>
    </message>
    <message>
        <source>Open a folder of images first.</source>
        <translation>先に画像フォルダーを開いてください。</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>スタート</translation>
    </message>
    <message>
        <source>The tagged images are being judged. You can go on with other pages meanwhile.</source>
        <translation>タグ付き画像を判定しています。その間もほかのページで作業できます。</translation>
    </message>
    <message>
        <source>Here you see how good the result is, and prove it.

Tag images of two classes on the Label page first. For a proof that nothing was learned from, set some images aside before you tag.</source>
        <translation>判定がどれだけ正しいかを確かめ、証明するページです。

先に「タグ付け」ページで 2 つのクラスの画像にタグを付けてください。学習に使っていない画像で証明するには、タグを付ける前に一部を取り分けておきます。</translation>
    </message>
    <message>
        <source>Tag images</source>
        <translation>タグを付ける</translation>
    </message>
    <message>
        <source>Nothing has been judged yet.</source>
        <translation>まだ評価していません。</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>評価する</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>評価</translation>
    </message>
    <message>
        <source>Set images aside…</source>
        <translation>テスト用に取り分ける…</translation>
    </message>
    <message>
        <source>Lock a test set, which nothing learns from</source>
        <translation>学習に使わないテスト用画像をロックします</translation>
    </message>
    <message>
        <source>Give up the test set…</source>
        <translation>ロックを解除…</translation>
    </message>
</context>
<context>
    <name>EvaluationView</name>
    <message>
        <source>Nothing is missing for these figures.</source>
        <translation>この数値に足りないものはありません。</translation>
    </message>
    <message>
        <source>Recall: found</source>
        <translation>再現率（見つけた割合）</translation>
    </message>
    <message>
        <source>Precision: right when said</source>
        <translation>適合率（判定が正しい割合）</translation>
    </message>
    <message>
        <source>Tagged “{name}”, and judged so</source>
        <translation>タグ「{name}」のうち、そう判定されたもの</translation>
    </message>
    <message>
        <source>Judged “{name}”, and tagged so</source>
        <translation>「{name}」と判定したうち、タグも同じもの</translation>
    </message>
    <message>
        <source>Right, nobody asked</source>
        <translation>正解（人の確認なし）</translation>
    </message>
    <message>
        <source>Missed defects</source>
        <translation>見逃し</translation>
    </message>
    <message>
        <source>False alarms</source>
        <translation>過検出</translation>
    </message>
    <message>
        <source>A person is asked</source>
        <translation>人の確認</translation>
    </message>
    <message>
        <source>{title}: {images}</source>
        <translation>{title}：{images}</translation>
    </message>
    <message>
        <source>Tagged “{name}”, but not judged so</source>
        <translation>タグは「{name}」だが、そう判定されなかったもの</translation>
    </message>
    <message>
        <source>Judged “{name}”, but not tagged so</source>
        <translation>「{name}」と判定したが、タグが違うもの</translation>
    </message>
    <message>
        <source>Wrong, and nobody asked</source>
        <translation>不正解（人の確認なし）</translation>
    </message>
    <message>
        <source>In words</source>
        <translation>まとめ</translation>
    </message>
    <message>
        <source>Mix-ups</source>
        <translation>取り違え</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>クラス別</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>境界</translation>
    </message>
    <message>
        <source>Certainty</source>
        <translation>確からしさ</translation>
    </message>
    <message>
        <source>More tags</source>
        <translation>タグの効果</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>Rows: the tag. Columns: the verdict. Choose a number to see its images.</source>
        <translation>行：タグ、列：判定。数字を選ぶと、その画像が表示されます。</translation>
    </message>
    <message>
        <source>The bar is the share, the line across it where the truth lies with 95% certainty (Clopper-Pearson). Choose one to see the images that lower it.</source>
        <translation>棒は割合、線は 95% の確からしさで真の値がある範囲（クロッパー・ピアソン）です。選ぶと、値を下げている画像が表示されます。</translation>
    </message>
    <message>
        <source>Which class is taken for which</source>
        <translation>どのクラスがどのクラスと判定されたか</translation>
    </message>
    <message>
        <source>Recall and precision of each class</source>
        <translation>クラスごとの再現率と適合率</translation>
    </message>
</context>
<context>
    <name>EvaluationWords</name>
    <message>
        <source>{count} of {total}</source>
        <translation>{total} 枚中 {count} 枚</translation>
    </message>
    <message>
        <source>{share} (95% certain: {low} to {high})</source>
        <translation>{share}（95% 区間：{low}～{high}）</translation>
    </message>
    <message>
        <source>no image</source>
        <translation>画像なし</translation>
    </message>
    <message>
        <source>{share}  ({count} of {total})</source>
        <translation>{share}（{count} / {total}）</translation>
    </message>
    <message>
        <source>{tags} now: too few to tell</source>
        <translation>現在 {tags} 枚：少なすぎて不明</translation>
    </message>
    <message>
        <source>{tags} now; {more} more: {gain}</source>
        <translation>現在 {tags} 枚、あと {more} 枚で {gain}</translation>
    </message>
    <message>
        <source>95% certain: {low} to {high}</source>
        <translation>95% 区間：{low}～{high}</translation>
    </message>
    <message>
        <source>Judged by the locked test set: {images} that nothing has learned from, the first set aside on {day}.</source>
        <translation>ロックしたテスト用画像（学習に使っていない{images}、最初に取り分けた日時：{day}）で評価しました。</translation>
    </message>
    <message>
        <source>Judged by {images} with a tag, each without its own tag (leave-one-out).</source>
        <translation>タグ付きの{images}を、それぞれ自身のタグを使わずに判定して評価しました（一つ抜き法）。</translation>
    </message>
    <message>
        <source>Encoder: {encoder}. Method: {method}.</source>
        <translation>エンコーダー：{encoder}。判定方法：{method}。</translation>
    </message>
    <message>
        <source>No images are set aside. A test set that nothing learns from proves the result best; set it aside before you tag.</source>
        <translation>テスト用の画像は取り分けていません。学習に使わない画像で確かめるのが最も確実です。タグを付ける前に取り分けてください。</translation>
    </message>
    <message>
        <source>{images} are set aside for the test, the first on {day}.</source>
        <translation>{images}をテスト用に取り分けています（最初の日時：{day}）。</translation>
    </message>
    <message>
        <source>Starter (comes with the program)</source>
        <translation>スターター（付属）</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Nearest class mean</source>
        <translation>最近傍クラス平均</translation>
    </message>
    <message>
        <source>Ridge regression</source>
        <translation>リッジ回帰</translation>
    </message>
    <message>
        <source>Optimal transport</source>
        <translation>最適輸送</translation>
    </message>
    <message>
        <source>Optimal transport, estimated shares</source>
        <translation>最適輸送（割合を推定）</translation>
    </message>
    <message>
        <source>Soft k-means</source>
        <translation>ソフト k-means</translation>
    </message>
    <message>
        <source>Logistic regression</source>
        <translation>ロジスティック回帰</translation>
    </message>
    <message>
        <source>that is hardly chance (p &lt; {p}).</source>
        <translation>偶然とは考えにくい差です（p &lt; {p}）。</translation>
    </message>
    <message>
        <source>that is hardly chance (p = {p}).</source>
        <translation>偶然とは考えにくい差です（p = {p}）。</translation>
    </message>
    <message>
        <source>that could be chance (p = {p}).</source>
        <translation>偶然かもしれません（p = {p}）。</translation>
    </message>
    <message>
        <source>A and B are right on the same images.</source>
        <translation>A と B は同じ画像で正解しています。</translation>
    </message>
    <message>
        <source>A and B are right on as many images; they differ on {count}.</source>
        <translation>A と B の正解数は同じです。結果が違うのは{count}です。</translation>
    </message>
    <message numerus="yes">
        <source>{better} is right on %n more image(s) than {worse};</source>
        <translation>
            <numerusform>{better} は {worse} より %n 枚多く正解しています。</numerusform>
        </translation>
    </message>
    <message>
        <source>{better} is {name}.</source>
        <translation>{better} は「{name}」です。</translation>
    </message>
    <message>
        <source>A: {first} right, {first_share}. B: {second} right, {second_share}. B less A: {difference}, 95% certain between {low} and {high}.</source>
        <translation>A：正解 {first}（{first_share}）。B：正解 {second}（{second_share}）。B − A：{difference}（95% 区間：{low}～{high}）。</translation>
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
        <source>Model file (*.xml)</source>
        <translation>モデルファイル (*.xml)</translation>
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
        <source>{file} ({size}), {count} classes.
Checked on {images}: the file judges like this program; no probability differs by more than {difference}.</source>
        <translation>{file}（{size}）、{count} クラス。
{images}で確認しました。ファイルの判定はこのプログラムと同じです。確率の差は最大でも {difference} です。</translation>
    </message>
    <message>
        <source>{file} ({size}), {count} classes.
Checked on {images}: whole numbers change a probability by at most {difference}.</source>
        <translation>{file}（{size}）、{count} クラス。
{images}で確認しました。整数計算による確率の変化は最大 {difference} です。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
    <message>
        <source>One file holds everything the line PC needs. It runs there without this program and without network.</source>
        <translation>ライン PC に必要なものがすべて 1 つのファイルに入ります。このプログラムもネットワークも必要ありません。</translation>
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
        <translation>ライン PC での使い方</translation>
    </message>
    <message>
        <source>Copy the file there and run this command; IMAGES is the folder to judge. The results open in Excel.</source>
        <translation>ファイルをライン PC にコピーし、次のコマンドを実行します。IMAGES は判定する画像のフォルダーです。結果は Excel で開けます。</translation>
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
        <source>running</source>
        <translation>実行中</translation>
    </message>
    <message>
        <source>model file written</source>
        <translation>書き出し済み</translation>
    </message>
    <message>
        <source>next step</source>
        <translation>次の作業</translation>
    </message>
    <message>
        <source>{share} right</source>
        <translation>正解 {share}</translation>
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
    <name>FormatBox</name>
    <message>
        <source>Whole numbers: {right} of {tags} tagged images are right when judged without their tag ({before} without this choice). The same verdict on {same} of {compared} images; of {defects} defects and unknown ones, {missed} would now pass as good.</source>
        <translation>整数演算（int8）：タグ付き画像 {tags} 枚を自分のタグなしで判定すると {right} 枚が正解です（int8 なしでは {before} 枚）。{compared} 枚中 {same} 枚で判定が一致し、不良または未知の {defects} 枚のうち {missed} 枚が良品になります。</translation>
    </message>
    <message>
        <source>So few tags say little.</source>
        <translation>タグが少ないため、この数字は目安にすぎません。</translation>
    </message>
    <message>
        <source>Kind of file</source>
        <translation>ファイルの種類</translation>
    </message>
    <message>
        <source>For</source>
        <translation>使用先</translation>
    </message>
    <message>
        <source>any PC: one file (ONNX)</source>
        <translation>どの PC でも：1 ファイル（ONNX）</translation>
    </message>
    <message>
        <source>Intel PCs: two files (OpenVINO)</source>
        <translation>Intel の PC：2 ファイル（OpenVINO）</translation>
    </message>
    <message>
        <source>Compute in whole numbers (int8)</source>
        <translation>整数で計算する（int8）</translation>
    </message>
    <message>
        <source>Whole numbers make the file smaller, and on many PCs somewhat faster. Before it is written, your tags tell what that costs: it is refused where more than one tagged image in a hundred is lost, or more than one in a hundred defects and unknown ones would pass as good.</source>
        <translation>整数で計算するとファイルが小さくなり、多くの PC でいくらか速くなります。書き出す前に、精度への影響をタグで確かめます。タグ付き画像の正解が 100 枚に 1 枚を超えて減る場合や、不良または未知の画像を 100 枚に 1 枚を超えて見逃す場合は書き出しません。</translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>Nothing is suggested at the moment.
Choose another queue above.</source>
        <translation>いまは提案がありません。
上で別の順番を選んでください。</translation>
    </message>
    <message>
        <source>No image meets all the filters.</source>
        <translation>すべての条件に合う画像はありません。</translation>
    </message>
    <message>
        <source>Clear filters</source>
        <translation>条件を解除</translation>
    </message>
    <message>
        <source>There are no images to label yet.</source>
        <translation>タグを付ける画像がまだありません。</translation>
    </message>
</context>
<context>
    <name>GalleryBar</name>
    <message>
        <source>{count} of {total}</source>
        <translation>{total} 枚中 {count} 枚</translation>
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
        <source>Unsure</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Test images, not tagged</source>
        <translation>テスト用（タグなし）</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>指定なし</translation>
    </message>
    <message>
        <source>All</source>
        <translation>すべて</translation>
    </message>
    <message>
        <source>Filters ({count})</source>
        <translation>絞り込み（{count}）</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>絞り込み</translation>
    </message>
    <message>
        <source>Good part</source>
        <translation>良品</translation>
    </message>
    <message>
        <source>Defect</source>
        <translation>不良</translation>
    </message>
    <message>
        <source>A person should look</source>
        <translation>人に確認</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Class alone</source>
        <translation>クラスのみ</translation>
    </message>
    <message>
        <source>Descending: the largest or last first</source>
        <translation>降順：大きい順・新しい順</translation>
    </message>
    <message>
        <source>Ascending</source>
        <translation>昇順</translation>
    </message>
    <message>
        <source>Search in names and folders</source>
        <translation>ファイル名・フォルダー名で検索</translation>
    </message>
    <message>
        <source>Clear filters</source>
        <translation>条件を解除</translation>
    </message>
    <message>
        <source>Images shown, of all that can be read</source>
        <translation>読み込める画像のうち、表示している枚数</translation>
    </message>
    <message>
        <source>Show only images with a certain tag, verdict, prediction or folder</source>
        <translation>タグ・判定・予測・フォルダーで画像を絞り込みます</translation>
    </message>
    <message>
        <source>Size of the pictures</source>
        <translation>画像の大きさ</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>名前順</translation>
    </message>
    <message>
        <source>By time</source>
        <translation>日時順</translation>
    </message>
    <message>
        <source>By confidence</source>
        <translation>確信度順</translation>
    </message>
    <message>
        <source>By predicted class</source>
        <translation>予測クラス順</translation>
    </message>
    <message>
        <source>By oddity</source>
        <translation>変わった画像順</translation>
    </message>
    <message>
        <source>By tag</source>
        <translation>タグ順</translation>
    </message>
    <message>
        <source>Order of the images</source>
        <translation>画像の並び順</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>タグ</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>予測</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>フォルダー</translation>
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
    <name>HintBar</name>
    <message>
        <source>Got it</source>
        <translation>了解</translation>
    </message>
    <message>
        <source>Hides this hint for good; the Help menu brings all of them back</source>
        <translation>このヒントを今後表示しません。「ヘルプ」メニューですべて元に戻せます</translation>
    </message>
</context>
<context>
    <name>Hints</name>
    <message>
        <source>Next: Pretrain</source>
        <translation>次へ：事前学習</translation>
    </message>
    <message>
        <source>You may skip this step for a first look: an encoder comes with the program. To see what it does, set 1 minute and start; you can tag meanwhile.</source>
        <translation>初めて試すときは、この作業を飛ばしてもかまいません。エンコーダーが付属しています。試すには 1 分に設定して開始してください。その間もタグを付けられます。</translation>
    </message>
    <message>
        <source>Next: Label</source>
        <translation>次へ：タグ付け</translation>
    </message>
    <message>
        <source>This runs in the background. You can tag meanwhile.</source>
        <translation>事前学習はバックグラウンドで進みます。その間もタグを付けられます。</translation>
    </message>
    <message>
        <source>The program has got to know your images. Next, tag a few of each kind.</source>
        <translation>画像の見た目を覚えました。次は、種類ごとに数枚ずつタグを付けます。</translation>
    </message>
    <message>
        <source>No class means good parts. Without one, images get a class, but no verdict “good” or “defect”.</source>
        <translation>良品を表すクラスがありません。このままではクラスの予測だけで、「良品」「不良」の判定は出ません。</translation>
    </message>
    <message>
        <source>Choose the good class…</source>
        <translation>良品のクラスを選ぶ…</translation>
    </message>
    <message>
        <source>Every class has five tags or more: see how often it is right, and where it is not.</source>
        <translation>どのクラスにもタグが 5 枚以上付きました。どれだけ正しいか、どこで誤るかを見てみましょう。</translation>
    </message>
    <message>
        <source>The small label below each image says what it is taken for; every tag changes that at once. Correct what is wrong, or turn on “What to tag next”. Five tags for each class are a good start.</source>
        <translation>画像の下に予測クラスが表示され、タグを付けるたびにすぐ変わります。間違いを直すか、「次にタグ付けする画像」をオンにしてください。まずはクラスごとに 5 枚が目安です。</translation>
    </message>
    <message>
        <source>Next: Decide</source>
        <translation>次へ：判定</translation>
    </message>
    <message>
        <source>Say how much worse a missed defect is than a false alarm; the line between good and defect follows. What stands here already will do for a first try.</source>
        <translation>見逃しが過検出よりどれだけ重大かを決めると、良品と不良の境界が決まります。最初は、表示されている値のままで十分です。</translation>
    </message>
    <message>
        <source>These are the images that were found. Next, you can see which of them are faulty or there twice.</source>
        <translation>見つかった画像の一覧です。次に、問題のある画像や重複がないかを調べられます。</translation>
    </message>
    <message>
        <source>Next: Inventory</source>
        <translation>次へ：データ調査</translation>
    </message>
    <message>
        <source>You may skip this step. It looks at all images once and says what is wrong with them.</source>
        <translation>この手順は省略できます。全画像をひととおり調べ、問題点を示します。</translation>
    </message>
    <message>
        <source>Next: Evaluation</source>
        <translation>次へ：評価</translation>
    </message>
    <message>
        <source>How often it is right, with the images behind each figure. More tags make it surer.</source>
        <translation>どれだけ正しいかを、各数値のもとになった画像とともに示します。タグが増えるほど確かになります。</translation>
    </message>
    <message>
        <source>Next: Export</source>
        <translation>次へ：書き出し</translation>
    </message>
    <message>
        <source>That was the whole job. Now try it with images of your own.</source>
        <translation>これで全作業が完了です。次はお手元の画像で試してください。</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>フォルダーを開く…</translation>
    </message>
    <message>
        <source>Choose where the file goes, then press “Write model file”.</source>
        <translation>保存先を選び、「モデルファイルを書き出す」を押してください。</translation>
    </message>
</context>
<context>
    <name>ImageModel</name>
    <message>
        <source>tagged {name}</source>
        <translation>タグ：{name}</translation>
    </message>
    <message>
        <source>marked unsure</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Test image: its tag is only used for the test.</source>
        <translation>テスト用画像：タグはテストにだけ使います。</translation>
    </message>
    <message>
        <source>predicted {name}, {share}</source>
        <translation>予測：{name}、{share}</translation>
    </message>
    <message>
        <source>good part</source>
        <translation>良品</translation>
    </message>
    <message>
        <source>defect</source>
        <translation>不良</translation>
    </message>
    <message>
        <source>a person should look</source>
        <translation>人に確認</translation>
    </message>
    <message>
        <source>changed class: {change}</source>
        <translation>クラスの変化: {change}</translation>
    </message>
    <message>
        <source>test image: its tag is only used for the test</source>
        <translation>テスト用画像（タグはテストにだけ使用）</translation>
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
        <source>Show in folder</source>
        <translation>フォルダーで表示</translation>
    </message>
    <message>
        <source>Mend or replace the file there, then scan again</source>
        <translation>フォルダーでファイルを直すか差し替えてから、再読み込みしてください</translation>
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
    <name>InventoryPage</name>
    <message>
        <source>Folder to compare with</source>
        <translation>比べるフォルダー</translation>
    </message>
    <message>
        <source>Save the inventory</source>
        <translation>データ調査を保存</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>Web ページ (*.html)</translation>
    </message>
    <message>
        <source>Save the list of images</source>
        <translation>画像の一覧を保存</translation>
    </message>
    <message>
        <source>Text file (*.txt)</source>
        <translation>テキストファイル (*.txt)</translation>
    </message>
    <message>
        <source>Cancelled. What was measured so far is kept; the next time only the rest is read.</source>
        <translation>中止しました。ここまでの測定結果は残っています。次回は残りだけを読み込みます。</translation>
    </message>
    <message>
        <source>Saved as {file}</source>
        <translation>保存しました：{file}</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開く</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>保存しています</translation>
    </message>
    <message>
        <source>Comparing images that look alike</source>
        <translation>似た画像を比べています</translation>
    </message>
    <message>
        <source>Looking for kinds of image</source>
        <translation>画像の種類を調べています</translation>
    </message>
    <message>
        <source>Measuring images</source>
        <translation>画像を測定しています</translation>
    </message>
    <message>
        <source>The images have changed since this inventory was taken.</source>
        <translation>調査の後に画像が変わっています。</translation>
    </message>
    <message>
        <source>Take it anew</source>
        <translation>調査し直す</translation>
    </message>
    <message>
        <source>Open a folder of images first.</source>
        <translation>先に画像フォルダーを開いてください。</translation>
    </message>
    <message>
        <source>The images are being looked at. You can go on with other pages meanwhile.</source>
        <translation>画像を調べています。その間もほかのページで作業できます。</translation>
    </message>
    <message>
        <source>Are these images good enough to learn from?

“Take inventory” looks for copies, blur, noise, uneven light and one-sidedness in {images}, and says what to do. It needs no tags.</source>
        <translation>この画像は学習に十分でしょうか？

「調査する」を押すと、{images}について、重複・ぼけ・ノイズ・照明のばらつき・偏りを調べ、対策を示します。タグは要りません。</translation>
    </message>
    <message>
        <source>Inventory</source>
        <translation>データ調査</translation>
    </message>
    <message>
        <source>Take inventory</source>
        <translation>調査する</translation>
    </message>
    <message>
        <source>Compare with a folder…</source>
        <translation>フォルダーと比較…</translation>
    </message>
    <message>
        <source>Save as HTML…</source>
        <translation>HTML で保存…</translation>
    </message>
    <message>
        <source>Save diverse images…</source>
        <translation>多様な画像の一覧を保存…</translation>
    </message>
    <message>
        <source>A list of images that cover the set without copies: to label or to pretrain on first</source>
        <translation>重複なしで全体を代表する画像の一覧です。先にタグ付けや事前学習に使う画像を選べます</translation>
    </message>
    <message>
        <source> images</source>
        <translation> 枚</translation>
    </message>
    <message>
        <source>How many diverse images</source>
        <translation>多様な画像の枚数</translation>
    </message>
</context>
<context>
    <name>InventoryView</name>
    <message>
        <source>Kind {number}: {images}, {share}</source>
        <translation>種類 {number}：{images}、{share}</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>表示</translation>
    </message>
    <message>
        <source>No fault was found in these images.</source>
        <translation>この画像に問題は見つかりませんでした。</translation>
    </message>
    <message>
        <source>Click a bar to see its images.</source>
        <translation>棒をクリックすると、その画像を表示します。</translation>
    </message>
    <message>
        <source>{images} behind this</source>
        <translation>該当する画像：{images}</translation>
    </message>
    <message>
        <source>Correlation {value}; 1 means equal</source>
        <translation>相関 {value}（1 は同じ）</translation>
    </message>
    <message>
        <source>{measure} from {least} to {most}: {images}</source>
        <translation>{measure} {least}～{most}：{images}</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>対策</translation>
    </message>
    <message>
        <source>Kinds</source>
        <translation>種類</translation>
    </message>
    <message>
        <source>Nearly equal</source>
        <translation>ほぼ同じ</translation>
    </message>
    <message>
        <source>Measures</source>
        <translation>測定値</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>Kinds of image</source>
        <translation>画像の種類</translation>
    </message>
    <message>
        <source>Pairs of nearly equal images</source>
        <translation>ほぼ同じ画像の組</translation>
    </message>
</context>
<context>
    <name>JudgedImages</name>
    <message>
        <source>The images behind a figure</source>
        <translation>数値のもとになった画像</translation>
    </message>
</context>
<context>
    <name>KeyChoice</name>
    <message>
        <source>removes the tag</source>
        <translation>タグを外す</translation>
    </message>
    <message>
        <source>marks an image as unsure</source>
        <translation>画像を保留にする</translation>
    </message>
    <message>
        <source>shows the heatmap</source>
        <translation>ヒートマップの表示</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>キーなし</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>キー</translation>
    </message>
    <message>
        <source>{key}  (taken: {what})</source>
        <translation>{key}（使用中：{what}）</translation>
    </message>
</context>
<context>
    <name>KeyEditor</name>
    <message>
        <source>Actions and their keys</source>
        <translation>操作とキー</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>新しいキー</translation>
    </message>
    <message>
        <source>Press the new key of the chosen action</source>
        <translation>選んだ操作の新しいキーを押してください</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Reset all keys</source>
        <translation>すべてのキーを元に戻す</translation>
    </message>
    <message>
        <source>Keys without Ctrl or Alt tag images and move in lists. Hold Ctrl or Alt, or take F1 to F12.</source>
        <translation>Ctrl や Alt のないキーは、タグ付けや一覧内の移動に使われます。Ctrl か Alt と組み合わせるか、F1～F12 を使ってください。</translation>
    </message>
    <message>
        <source>Choose an action, click into the field and press the new key.</source>
        <translation>操作を選び、入力欄をクリックして新しいキーを押してください。</translation>
    </message>
    <message>
        <source>Something else in the window has this key for good.</source>
        <translation>このキーは変更できない別の操作に使われています。</translation>
    </message>
    <message>
        <source>This key belongs to “{action}”, which will have none.</source>
        <translation>このキーは「{action}」に使われています。設定すると、そちらのキーはなくなります。</translation>
    </message>
    <message>
        <source>The action will have no key.</source>
        <translation>この操作にはキーが割り当てられなくなります。</translation>
    </message>
    <message>
        <source>This key is free.</source>
        <translation>このキーは空いています。</translation>
    </message>
</context>
<context>
    <name>KeyModel</name>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>キー</translation>
    </message>
</context>
<context>
    <name>LabelFiles</name>
    <message>
        <source>Export labels</source>
        <translation>ラベルの書き出し</translation>
    </message>
    <message numerus="yes">
        <source>%n label(s) written to {path}.</source>
        <translation>
            <numerusform>{path} に %n 件のラベルを書き出しました。</numerusform>
        </translation>
    </message>
    <message>
        <source>Import labels</source>
        <translation>ラベルの読み込み</translation>
    </message>
    <message numerus="yes">
        <source>Take up %n new label(s)?</source>
        <translation>
            <numerusform>新しいラベル %n 件を取り込みますか?</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing new is in the file.</source>
        <translation>ファイルに新しいラベルはありません。</translation>
    </message>
    <message numerus="yes">
        <source>%n label(s) of the file are in the project already.</source>
        <translation>
            <numerusform>ファイルのラベルのうち %n 件は、すでにプロジェクトにあります。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n label(s) disagree with the project; the project&apos;s own stay, as listed below.</source>
        <translation>
            <numerusform>%n 件のラベルがプロジェクトと食い違います。下に示すとおり、プロジェクト側を残します。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The images of %n label(s) are not in the project.</source>
        <translation>
            <numerusform>%n 件のラベルの画像はプロジェクトにありません。</numerusform>
        </translation>
    </message>
    <message>
        <source>Take up</source>
        <translation>取り込む</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Line {number}: {path} is “{here}” in the project, “{there}” in the file.</source>
        <translation>{number} 行目: {path} は、プロジェクトでは「{here}」、ファイルでは「{there}」です。</translation>
    </message>
    <message>
        <source>Line {number}: {path} shows something else than what was labelled.</source>
        <translation>{number} 行目: {path} の内容が、ラベル付け時の画像と異なります。</translation>
    </message>
    <message>
        <source>Line {number}: {path} may be any of several images.</source>
        <translation>{number} 行目: {path} に当てはまる画像が複数あります。</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Line {number}: {path} is not in the project.</source>
        <translation>{number} 行目: {path} はプロジェクトにありません。</translation>
    </message>
    <message numerus="yes">
        <source>%n label(s) taken up. Undo takes them back.</source>
        <translation>
            <numerusform>%n 件のラベルを取り込みました。「元に戻す」で取り消せます。</numerusform>
        </translation>
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
        <source>Now add the class of a defect.</source>
        <translation>次に、不良のクラスを追加してください。</translation>
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
        <source>Some images no longer belong in this list, others do now, or the order has changed.</source>
        <translation>この一覧の条件に合う画像、または並び順が変わりました。</translation>
    </message>
</context>
<context>
    <name>LearningBox</name>
    <message>
        <source>Tag more of “{name}”</source>
        <translation>「{name}」のタグを増やす</translation>
    </message>
    <message>
        <source>What more tags of each class would bring</source>
        <translation>クラスごとの、タグを増やした効果</translation>
    </message>
    <message>
        <source>Accuracy with more tags</source>
        <translation>タグを増やした場合の正解率</translation>
    </message>
</context>
<context>
    <name>LearningFigure</name>
    <message>
        <source>{tags} tags: {share}</source>
        <translation>タグ {tags} 枚：{share}</translation>
    </message>
    <message>
        <source>Accuracy, %</source>
        <translation>正解率（%）</translation>
    </message>
    <message>
        <source>What the tags have taught so far</source>
        <translation>これまでのタグの効果</translation>
    </message>
    <message>
        <source>Tags learned from</source>
        <translation>学習に使ったタグの数</translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message>
        <source>Licences of third parties</source>
        <translation>第三者のライセンス</translation>
    </message>
    <message>
        <source>Reading the licences…</source>
        <translation>ライセンスを読み込んでいます…</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>パッケージ</translation>
    </message>
    <message>
        <source>Licence text</source>
        <translation>ライセンスの本文</translation>
    </message>
    <message>
        <source>MICM Desktop is under the MIT licence. It is made with:</source>
        <translation>MICM Desktop は MIT ライセンスです。次のものを使用しています：</translation>
    </message>
    <message>
        <source>The package brings no licence text. See its web page.</source>
        <translation>このパッケージにはライセンスの本文が付属していません。ウェブページをご覧ください。</translation>
    </message>
</context>
<context>
    <name>LightTools</name>
    <message>
        <source>Brightness</source>
        <translation>明るさ</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>コントラスト</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>On the screen only: the network sees the image as it is.</source>
        <translation>表示だけの調整で、判定は変わりません。</translation>
    </message>
</context>
<context>
    <name>LimitsDialog</name>
    <message>
        <source>Limits of the report</source>
        <translation>報告書の基準</translation>
    </message>
    <message>
        <source>e.g. Final inspection of housing A-12, line 3</source>
        <translation>例: 筐体A-12の最終検査、3号ライン</translation>
    </message>
    <message>
        <source>What the inspection is for</source>
        <translation>この検査の目的</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>導入可</translation>
    </message>
    <message>
        <source>Ready with human check</source>
        <translation>人の確認つきで導入可</translation>
    </message>
    <message>
        <source>Usual limits</source>
        <translation>標準の基準に戻す</translation>
    </message>
    <message>
        <source>The report prints every limit beside the figure that it is held against, and says where a limit is not the usual one.</source>
        <translation>報告書では、すべての基準を測定値と並べて示し、標準と異なる基準にはその旨を記します。</translation>
    </message>
    <message>
        <source>Missed defects: upper end of the exact 95 % interval, at most</source>
        <translation>見逃し率: 正確な95 %信頼区間の上端(以下)</translation>
    </message>
    <message>
        <source>Good parts called a defect, at most</source>
        <translation>過検出率(以下)</translation>
    </message>
    <message>
        <source>Good parts that a person is asked about, at most</source>
        <translation>人に確認を求める良品の割合(以下)</translation>
    </message>
    <message>
        <source>Tested defects, at least</source>
        <translation>試した不良の数(以上)</translation>
    </message>
    <message>
        <source>Tested good parts, at least</source>
        <translation>試した良品の数(以上)</translation>
    </message>
    <message>
        <source>Tested parts of each class of defects, at least</source>
        <translation>不良クラスごとに試した数(以上)</translation>
    </message>
    <message>
        <source>Tested on a locked test set</source>
        <translation>ロックしたテスト用画像で試した</translation>
    </message>
</context>
<context>
    <name>LockedNote</name>
    <message>
        <source>Test image: its tag is only used for the test. Whatever is learned from can prove nothing.</source>
        <translation>テスト用画像：タグはテストにだけ使います。学習に使った画像では何も証明できません。</translation>
    </message>
    <message>
        <source>The test set is kept on the Evaluation page.</source>
        <translation>テスト用画像は「評価」ページで管理します。</translation>
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
        <translation>未知</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>保留</translation>
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
        <source>Open a folder of images first.</source>
        <translation>先に画像フォルダーを開いてください。</translation>
    </message>
    <message>
        <source>Tags of many images are being saved. Try again when they are.</source>
        <translation>多数の画像のタグを保存しています。保存が終わってから、もう一度お試しください。</translation>
    </message>
    <message>
        <source>There is nothing to take back or do again.</source>
        <translation>元に戻す操作も、やり直す操作もありません。</translation>
    </message>
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
        <source>&amp;Work</source>
        <translation>作業(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Image</source>
        <translation>画像(&amp;I)</translation>
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
        <source>&amp;Export labels…</source>
        <translation>ラベルの書き出し(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Import labels…</source>
        <translation>ラベルの読み込み(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Restore labels from a backup…</source>
        <translation>バックアップからラベルを復元(&amp;R)…</translation>
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
        <source>&amp;Settings…</source>
        <translation>設定…</translation>
    </message>
    <message>
        <source>&amp;Find an action…</source>
        <translation>操作を検索…</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>キーボードショートカット</translation>
    </message>
    <message>
        <source>Show the &amp;hints again</source>
        <translation>ヒントをもう一度表示</translation>
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
        <source>Inventory</source>
        <translation>データ調査</translation>
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
        <source>Evaluation</source>
        <translation>評価</translation>
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
        <source>Licences of third &amp;parties</source>
        <translation>第三者のライセンス(&amp;P)</translation>
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
        <source>Inventory</source>
        <translation>データ調査</translation>
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
        <source>Evaluation</source>
        <translation>評価</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>書き出し</translation>
    </message>
</context>
<context>
    <name>NoteWords</name>
    <message>
        <source>Look at the images</source>
        <translation>画像を見る</translation>
    </message>
    <message>
        <source>Pretrain</source>
        <translation>事前学習</translation>
    </message>
    <message>
        <source>Tag images</source>
        <translation>タグを付ける</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Tag the test images</source>
        <translation>テスト用画像にタグを付ける</translation>
    </message>
    <message>
        <source>Tag more of it</source>
        <translation>タグを増やす</translation>
    </message>
    <message>
        <source>Set images aside…</source>
        <translation>テスト用に取り分ける…</translation>
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
    <name>PrecisionRecallFigure</name>
    <message>
        <source>Were nobody asked, the line in use (diamond) would find {recall} of defects, and of 100 parts called a defect {right} would be one, where {share} of parts are defective. Average precision: {average}.</source>
        <translation>人に確認せず現在の境界（ひし形）だけで判定した場合、不良の {recall} が見つかり、不良と判定した 100 個のうち本当の不良は {right} 個です（不良率 {share} の場合）。平均適合率：{average}。</translation>
    </message>
    <message>
        <source>Precision, %</source>
        <translation>適合率（%）</translation>
    </message>
    <message>
        <source>Recall, %</source>
        <translation>再現率（%）</translation>
    </message>
    <message>
        <source>Precision and recall</source>
        <translation>適合率と再現率</translation>
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
    <name>ReadOnly</name>
    <message>
        <source>Open for editing</source>
        <translation>編集用に開く</translation>
    </message>
    <message>
        <source>Is the program on {machine} closed?</source>
        <translation>{machine} のプログラムは閉じられていますか?</translation>
    </message>
    <message>
        <source>It has given no sign of life for a while: it may have ended, or its computer sleeps. Two programs that change one project at once can lose tags.</source>
        <translation>しばらく応答がありません。終了しているか、そのコンピューターがスリープ中かもしれません。2 つのプログラムが同じプロジェクトを同時に変更すると、タグが失われるおそれがあります。</translation>
    </message>
    <message>
        <source>It is closed: open for editing</source>
        <translation>閉じられている: 編集用に開く</translation>
    </message>
    <message>
        <source>Only look at it</source>
        <translation>閲覧のみ</translation>
    </message>
    <message>
        <source>{user} on {machine} has this project open since {time}. Here it can only be looked at.</source>
        <translation>{user}（{machine}）が {time} からこのプロジェクトを開いています。ここでは閲覧のみできます。</translation>
    </message>
    <message>
        <source>{user} has closed the project. It can be edited here now.</source>
        <translation>{user} がプロジェクトを閉じました。ここで編集できるようになりました。</translation>
    </message>
    <message>
        <source>Open for editing…</source>
        <translation>編集用に開く…</translation>
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
    <name>RegionBar</name>
    <message>
        <source>✓ Saved</source>
        <translation>✓ 保存済み</translation>
    </message>
    <message numerus="yes">
        <source>%n region(s) marked</source>
        <translation>
            <numerusform>領域 %n か所</numerusform>
        </translation>
    </message>
    <message>
        <source>no class</source>
        <translation>クラスなし</translation>
    </message>
    <message>
        <source>as tagged</source>
        <translation>タグと同じ</translation>
    </message>
    <message>
        <source>Drag a box around a defect. Esc ends marking.</source>
        <translation>欠陥を囲むようにドラッグします。Esc で終了します。</translation>
    </message>
    <message>
        <source>No region is marked. Press B, then drag a box around a defect.</source>
        <translation>マークした領域はありません。B を押し、欠陥を囲むようにドラッグしてください。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>See whether tiles help…</source>
        <translation>タイル分割の効果を確かめる…</translation>
    </message>
    <message>
        <source>Tiles are tried on your tags on the Export page.</source>
        <translation>書き出しページで、付けたタグを使ってタイル分割を試します。</translation>
    </message>
    <message>
        <source>Delete the chosen region (Del)</source>
        <translation>選んだ領域を削除します（Del）</translation>
    </message>
    <message>
        <source>Marked regions</source>
        <translation>マークした領域</translation>
    </message>
    <message>
        <source>The marked regions with their size in pixels. A click or Tab chooses one; arrow keys move it, with Shift they resize it, with Ctrl by 10 pixels.</source>
        <translation>マークした領域とその大きさ（ピクセル）です。クリックか Tab で選び、矢印キーで動かします。Shift を押しながらで大きさが変わり、Ctrl を押しながらで 10 ピクセルずつになります。</translation>
    </message>
    <message>
        <source>Class of the region</source>
        <translation>領域のクラス</translation>
    </message>
    <message>
        <source>Class of the chosen region, or of the next one</source>
        <translation>選んだ領域、または次にマークする領域のクラス</translation>
    </message>
</context>
<context>
    <name>Rejudging</name>
    <message>
        <source>Judging the run by the tags</source>
        <translation>タグで学習結果を判定しています</translation>
    </message>
</context>
<context>
    <name>ReliabilityFigure</name>
    <message>
        <source>Each point is of images that are about equally certain. On the dashed line, what is called 80% certain is right in 80% of cases; below it the program is too sure. On average it is {confidence} certain and right in {right}; calibration error {error}.</source>
        <translation>各点は、確からしさが近い画像のまとまりです。破線上なら「80%」の判定が実際に 80% 正しく、下にあると自信過剰です。平均の確からしさは {confidence}、実際の正解率は {right}、校正誤差は {error} です。</translation>
    </message>
    <message>
        <source>Right, %</source>
        <translation>正解率（%）</translation>
    </message>
    <message>
        <source>Do the percentages mean what they say?</source>
        <translation>表示される % は信頼できるか</translation>
    </message>
    <message>
        <source>Probability of the most probable class, %</source>
        <translation>最も確率の高いクラスの確率（%）</translation>
    </message>
</context>
<context>
    <name>ReportBox</name>
    <message>
        <source>Save the report</source>
        <translation>報告書の保存先</translation>
    </message>
    <message>
        <source>Web page (*.html);;PDF (*.pdf)</source>
        <translation>Webページ (*.html);;PDF (*.pdf)</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>報告書を作成しています</translation>
    </message>
    <message>
        <source>Writing was cancelled; no file was left behind.</source>
        <translation>書き出しを中止しました。ファイルは残っていません。</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>導入可</translation>
    </message>
    <message>
        <source>ready with human check</source>
        <translation>人の確認つきで導入可</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>まだ導入できません</translation>
    </message>
    <message>
        <source>The report is written. Its verdict: {verdict}.</source>
        <translation>報告書ができました。判定: {verdict}</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>報告書</translation>
    </message>
    <message>
        <source>May this inspection run on the line? One file answers that for whoever decides: the verdict and the limits behind it, results, costs, examples with heatmaps, risks, and who tagged what.</source>
        <translation>この検査をラインで使ってよいか。決める人のために、1つのファイルで答えます。判定とその基準、結果、費用、ヒートマップ付きの例、リスク、誰が何にタグを付けたか。</translation>
    </message>
    <message>
        <source>Language of the report</source>
        <translation>報告書の言語</translation>
    </message>
    <message>
        <source>Limits…</source>
        <translation>基準…</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>報告書…</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開く</translation>
    </message>
</context>
<context>
    <name>RestoreDialog</name>
    <message>
        <source>Restore labels from a backup</source>
        <translation>バックアップからラベルを復元</translation>
    </message>
    <message>
        <source>Tags, classes, marked regions, settings and the list of runs become what they were then. What they are now is kept as a backup itself.</source>
        <translation>タグ、クラス、マークした領域、設定、学習の一覧が、その時点の状態に戻ります。現在の状態もバックアップとして残ります。</translation>
    </message>
    <message>
        <source>There is no backup of this project yet.</source>
        <translation>このプロジェクトのバックアップはまだありません。</translation>
    </message>
    <message>
        <source>Backups</source>
        <translation>バックアップ</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>作成日時</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>タグ数</translation>
    </message>
    <message>
        <source>Last change</source>
        <translation>最後の変更</translation>
    </message>
    <message>
        <source>By</source>
        <translation>変更者</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>復元</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>what was found damaged</source>
        <translation>破損していたファイル</translation>
    </message>
    <message>
        <source>damaged, cannot be restored</source>
        <translation>破損のため復元できません</translation>
    </message>
    <message>
        <source>made by a newer version of this program</source>
        <translation>新しいバージョンで作成</translation>
    </message>
    <message>
        <source>not written back to the network drive</source>
        <translation>ネットワークドライブに書き戻せなかったもの</translation>
    </message>
    <message>
        <source>before a backup was restored</source>
        <translation>バックアップ復元の直前</translation>
    </message>
    <message>
        <source>before this version of the program</source>
        <translation>このバージョンに更新する直前</translation>
    </message>
</context>
<context>
    <name>RulesBox</name>
    <message>
        <source>These rules hold in the model file, which names the one that changed a verdict. The list on the Label page follows the least probability; it follows the other rules where an image was looked at, since they need its pixels and its heatmap.</source>
        <translation>これらのルールはモデルファイルに入り、判定を変えたルールの名前も出力されます。タグ付け画面の一覧には、最低確率のルールが反映されます。ほかのルールは画像の画素とヒートマップが必要なため、表示した画像にだけ反映されます。</translation>
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
    <message numerus="yes">
        <source>Judge again with %n new tag(s)</source>
        <translation>
            <numerusform>新しいタグ %n 枚で再判定</numerusform>
        </translation>
    </message>
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
    <message>
        <source>Other features are used only where the tags clearly speak for them</source>
        <translation>タグから明らかに良いと言える場合だけ、使う特徴を切り替えます</translation>
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
        <source>Pretraining is finished: {time} on {images}.</source>
        <translation>事前学習が完了しました（{images}、{time}）。</translation>
    </message>
    <message>
        <source>Pretraining is finished: {time} on {images}. The new encoder is in use and the predictions are being renewed.</source>
        <translation>事前学習が完了しました（{images}、{time}）。新しいエンコーダーに切り替え、予測を更新しています。</translation>
    </message>
</context>
<context>
    <name>Safekeeping</name>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Show…</source>
        <translation>表示…</translation>
    </message>
    <message>
        <source>The labels are as of {time}. What they were before is kept as a backup, too.</source>
        <translation>ラベルを {time} の時点に戻しました。直前の状態もバックアップとして残っています。</translation>
    </message>
    <message>
        <source>Another computer changed this project while labels from here had not reached the network drive. Theirs are shown; yours are kept as a backup: File &gt; Restore labels from a backup.</source>
        <translation>ここのラベルがネットワークドライブに届く前に、別のコンピューターがこのプロジェクトを変更しました。表示しているのは先方のラベルです。ここのラベルはバックアップとして残っています（ファイル &gt; バックアップからラベルを復元）。</translation>
    </message>
    <message>
        <source>Labels that had not reached the network drive were found on this computer and are there now.</source>
        <translation>ネットワークドライブに届いていなかったラベルがこのコンピューターに残っていたので、書き戻しました。</translation>
    </message>
    <message>
        <source>This project is on a network drive ({kind}). It is worked on in a copy on this computer, which is written back a moment after each change.</source>
        <translation>このプロジェクトはネットワークドライブ（{kind}）にあります。このコンピューター上のコピーで作業し、変更のたびにすぐ書き戻します。</translation>
    </message>
    <message>
        <source>Restore labels from a backup…</source>
        <translation>バックアップからラベルを復元…</translation>
    </message>
</context>
<context>
    <name>SavedMark</name>
    <message>
        <source>Nothing was changed. {reason}</source>
        <translation>何も変更していません。{reason}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>もう一度</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>保存できません</translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) could not be saved. {reason}</source>
        <translation>
            <numerusform>%n 件の変更を保存できませんでした。{reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Saving: %n image(s)…</source>
        <translation>
            <numerusform>保存中：%n 枚…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>✓ Saved: %n image(s)</source>
        <translation>
            <numerusform>✓ 保存済み：%n 枚</numerusform>
        </translation>
    </message>
    <message>
        <source>✓ Saved: {what}</source>
        <translation>✓ 保存済み：{what}</translation>
    </message>
    <message>
        <source>✓ Undone and saved: {what}</source>
        <translation>✓ 元に戻しました（保存済み）：{what}</translation>
    </message>
    <message>
        <source>✓ Done again and saved: {what}</source>
        <translation>✓ やり直しました（保存済み）：{what}</translation>
    </message>
</context>
<context>
    <name>SetAsideDialog</name>
    <message>
        <source>Set images aside</source>
        <translation>テスト用に取り分ける</translation>
    </message>
    <message>
        <source>Nothing learns from images that are set aside, and nothing is chosen by them, so that what they show of the result is proof. They are drawn at random from every folder and every kind of image, and images that are nearly equal stay together.</source>
        <translation>取り分けた画像は学習にも選択にも使わないため、結果の証明になります。すべてのフォルダーと画像の種類から無作為に選び、ほぼ同じ画像は同じ側にまとめます。</translation>
    </message>
    <message>
        <source>A share of all images</source>
        <translation>全画像に対する割合</translation>
    </message>
    <message>
        <source>A number of images</source>
        <translation>枚数</translation>
    </message>
    <message>
        <source>{tagged} have a tag and are left out, as those that once had one: what was learned from cannot test. Better set images aside before you tag.</source>
        <translation>{tagged}にはタグがあるため除きます（以前タグがあったものも同様）。学習に使った画像ではテストできません。タグを付ける前に取り分けるのが確実です。</translation>
    </message>
    <message>
        <source>Set aside</source>
        <translation>取り分ける</translation>
    </message>
    <message>
        <source>About {wanted} of {images} are in the test set then.</source>
        <translation>{images}のうち約{wanted}がテスト用になります。</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Language and look</source>
        <translation>言語と表示</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>計算</translation>
    </message>
    <message>
        <source>Thumbnails</source>
        <translation>サムネイル</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>キー</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>言語</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>システムに合わせる</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>テーマ</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>ライト</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>ダーク</translation>
    </message>
    <message>
        <source>Show all hints again</source>
        <translation>すべてのヒントをもう一度表示</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>計算に使う装置</translation>
    </message>
    <message>
        <source>The graphics card if there is one (recommended)</source>
        <translation>GPU があれば GPU（推奨）</translation>
    </message>
    <message>
        <source>The processor (CPU)</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>The graphics card (CUDA)</source>
        <translation>GPU（CUDA）</translation>
    </message>
    <message>
        <source>Looking for graphics cards…</source>
        <translation>GPU を探しています…</translation>
    </message>
    <message>
        <source>As many as there are cores</source>
        <translation>コア数に合わせる</translation>
    </message>
    <message>
        <source>Threads of the processor</source>
        <translation>CPU のスレッド数</translation>
    </message>
    <message>
        <source>Both count for pretraining and for preparing images, from the next run on; one that is running keeps what it began with. The window comes first in any case: pretraining takes only what it leaves over.</source>
        <translation>どちらも事前学習と画像の準備に使われ、次の実行から有効です。実行中のものは開始時の設定のまま続きます。画面の操作が常に優先され、事前学習は余った分だけを使います。</translation>
    </message>
    <message>
        <source> megapixels</source>
        <translation> メガピクセル</translation>
    </message>
    <message>
        <source>Largest image</source>
        <translation>画像の最大サイズ</translation>
    </message>
    <message>
        <source>Larger images are not opened, since they could fill all memory. Counts from the next scan.</source>
        <translation>これより大きい画像は、メモリを使い切るおそれがあるため開きません。次回の読み込みから有効です。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>スレッド数</translation>
    </message>
    <message>
        <source>{card} (CUDA)</source>
        <translation>{card}（CUDA）</translation>
    </message>
    <message>
        <source>Found: {card}</source>
        <translation>見つかった GPU：{card}</translation>
    </message>
    <message>
        <source>No graphics card is found any more; the processor computes instead.</source>
        <translation>GPU が見つからなくなったため、CPU で計算します。</translation>
    </message>
    <message>
        <source>No graphics card that can be used was found; the processor computes.</source>
        <translation>使える GPU が見つからないため、CPU で計算します。</translation>
    </message>
    <message>
        <source>Other folder…</source>
        <translation>別のフォルダー…</translation>
    </message>
    <message>
        <source>In each project&apos;s folder</source>
        <translation>各プロジェクトのフォルダー内</translation>
    </message>
    <message>
        <source>Most megabytes that thumbnails may take</source>
        <translation>サムネイルの上限（MB）</translation>
    </message>
    <message>
        <source>Delete all thumbnails</source>
        <translation>サムネイルをすべて削除</translation>
    </message>
    <message>
        <source>Thumbnails make lists fast; they are drawn anew when one is missing. Over the limit the oldest are deleted, when a project is opened and when the limit is changed. Your images are never touched.</source>
        <translation>サムネイルは一覧を速く表示するためのもので、なければ作り直されます。上限を超えると、プロジェクトを開いたときと上限を変えたときに、古いものから削除されます。元の画像には触れません。</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>保存場所</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>In each project&apos;s folder; none is open.</source>
        <translation>各プロジェクトのフォルダー内（開いているプロジェクトはありません）</translation>
    </message>
    <message>
        <source>Shown while a project is open.</source>
        <translation>プロジェクトを開くと表示されます。</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>集計中…</translation>
    </message>
    <message>
        <source>Folder for thumbnails</source>
        <translation>サムネイルのフォルダー</translation>
    </message>
    <message numerus="yes">
        <source>{size} in %n file(s)</source>
        <translation>
            <numerusform>%n 個のファイルで {size}</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} deleted</source>
        <translation>{count} 個を削除しました</translation>
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
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>キーボードショートカット</translation>
    </message>
    <message>
        <source>Tagging, on the Label page</source>
        <translation>タグ付け（「タグ付け」ページ）</translation>
    </message>
    <message>
        <source>The keys of the menus can be changed in the settings.</source>
        <translation>メニューのキーは設定で変更できます。</translation>
    </message>
    <message>
        <source>Tag the selected images as “{name}”</source>
        <translation>選択した画像に「{name}」のタグを付ける</translation>
    </message>
    <message>
        <source>1, 2, 3 …</source>
        <translation>1、2、3 …</translation>
    </message>
    <message>
        <source>Tag the selected images with the class of that key</source>
        <translation>選択した画像に、そのキーのクラスのタグを付ける</translation>
    </message>
    <message>
        <source>Remove the tag of the selected images</source>
        <translation>選択した画像のタグを外す</translation>
    </message>
    <message>
        <source>Mark the selected images as unsure, to look again later</source>
        <translation>選択した画像を保留にする（後で見直す）</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>スペース</translation>
    </message>
    <message>
        <source>Go to the next image</source>
        <translation>次の画像へ進む</translation>
    </message>
    <message>
        <source>Show or hide the heatmap</source>
        <translation>ヒートマップの表示を切り替える</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>矢印キー</translation>
    </message>
    <message>
        <source>Go from image to image; with Shift, select several</source>
        <translation>画像を移動する（Shift で複数選択）</translation>
    </message>
    <message>
        <source>Ctrl+A</source>
        <translation>Ctrl+A</translation>
    </message>
    <message>
        <source>Select all images of the list</source>
        <translation>一覧の画像をすべて選択する</translation>
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
        <source>The work goes from top to bottom along the left edge: images, labels, export. The steps between are optional, and each says what it is for.</source>
        <translation>作業は左端を上から下へ進みます：画像、タグ付け、書き出し。間の手順は任意で、何のための手順かは各ページで分かります。</translation>
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
    <name>StudentBox</name>
    <message>
        <source>Save the small model file</source>
        <translation>小型モデルファイルの保存</translation>
    </message>
    <message>
        <source>Model file (*.onnx)</source>
        <translation>モデルファイル (*.onnx)</translation>
    </message>
    <message>
        <source>Asking the teacher</source>
        <translation>教師モデルに判定させています</translation>
    </message>
    <message>
        <source>The student learns</source>
        <translation>小型モデルが学習しています</translation>
    </message>
    <message>
        <source>Comparing both</source>
        <translation>両者を比べています</translation>
    </message>
    <message>
        <source>Teaching a student</source>
        <translation>小型モデルを作っています</translation>
    </message>
    <message>
        <source>Teaching was cancelled; no file was left behind.</source>
        <translation>小型モデルの作成を中止しました。ファイルは残っていません。</translation>
    </message>
    <message>
        <source>{file} is written.</source>
        <translation>{file} を書き出しました。</translation>
    </message>
    <message>
        <source>The student loses more than {limit} points of accuracy or {limit} % of the defects, or mostly decides otherwise than its teacher; so no file was written. Let it learn longer, or from more images.</source>
        <translation>小型モデルは、正解率が {limit} ポイントを超えて下がるか、不良の {limit} % を超えて見逃すか、半数を超える画像で元のモデルと判定が異なるため、ファイルを書き出していません。学習時間を延ばすか、画像を増やしてください。</translation>
    </message>
    <message>
        <source>Write it all the same</source>
        <translation>それでも書き出す</translation>
    </message>
    <message>
        <source>Warning: of {defects} tagged defects in the test set the student misses {missed}, the teacher {before}.</source>
        <translation>警告：テスト用画像の不良 {defects} 枚のうち、小型モデルは {missed} 枚を見逃します（元のモデルは {before} 枚）。</translation>
    </message>
    <message>
        <source>Warning: of {defects} images that the teacher calls defects or unknown, the student calls {missed} good. They would be missed on the line.</source>
        <translation>警告：元のモデルが不良または未知とする {defects} 枚のうち、小型モデルは {missed} 枚を良品とします。ラインでは見逃しになります。</translation>
    </message>
    <message>
        <source>Warning: on {others} of {images} images that it has not learned from, the student decides otherwise than its teacher. Try it on images that you know before you use it; more time to learn, or more images, may help.</source>
        <translation>警告：学習に使っていない {images} 枚のうち {others} 枚で、小型モデルの判定が元のモデルと異なります。使う前に、正解の分かっている画像で試してください。学習時間を延ばすか画像を増やすと、改善することがあります。</translation>
    </message>
    <message>
        <source>Test set: {own} of {images} images judged right; by the teacher {before}.</source>
        <translation>テスト用画像：{images} 枚のうち正しい判定は {own} 枚（元のモデルは {before} 枚）。</translation>
    </message>
    <message>
        <source>It decides as its teacher does on {same} of {images} images that it has not learned from.</source>
        <translation>学習に使っていない {images} 枚のうち {same} 枚で、元のモデルと同じ判定になります。</translation>
    </message>
    <message>
        <source>So few defects say little about how many it misses.</source>
        <translation>不良の枚数が少ないため、見逃しの割合はよく分かりません。</translation>
    </message>
    <message>
        <source>Of {good} images that the teacher calls good, it stops {alarms}.</source>
        <translation>元のモデルが良品とする {good} 枚のうち、小型モデルは {alarms} 枚を止めます（過検出）。</translation>
    </message>
    <message>
        <source>Of {asked} images that the teacher asks about, it calls {unasked} good.</source>
        <translation>元のモデルが人に確認を求める {asked} 枚のうち、小型モデルは {unasked} 枚を良品とします。</translation>
    </message>
    <message>
        <source>An image takes {own} ms on one core instead of {before} ms: {times} times as fast.</source>
        <translation>1 コアでの処理時間は 1 枚あたり {before} ms から {own} ms になります（{times} 倍の速さ）。</translation>
    </message>
    <message>
        <source>For slow PCs: a small student</source>
        <translation>遅い PC のために：小型モデル</translation>
    </message>
    <message>
        <source>A small network learns from all images of the project to answer as the large one does, many times as fast. Afterwards both are compared on images that it has not learned from. Tags that change call for a new one.</source>
        <translation>小さなネットワークが、プロジェクトのすべての画像を使って、大きなネットワークと同じ答えを出すように学習します。判定は何倍も速くなります。学習後、学習に使っていない画像で両者を比べます。タグを変えたときは作り直してください。</translation>
    </message>
    <message>
        <source>Time to learn</source>
        <translation>学習時間</translation>
    </message>
    <message>
        <source> min</source>
        <translation> 分</translation>
    </message>
    <message>
        <source>Small model file…</source>
        <translation>小型モデルファイル…</translation>
    </message>
</context>
<context>
    <name>TagNextBar</name>
    <message>
        <source>Between {first} and {second} ({share} / {other})</source>
        <translation>{first} と {second} の間で迷っています（{share} / {other}）</translation>
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
        <source>Tagged {second}, but the other tags say {first} ({share}). Is the tag right?</source>
        <translation>タグは {second} ですが、ほかのタグからは {first}（{share}）と判定されます。タグは正しいですか？</translation>
    </message>
    <message>
        <source>What to tag next</source>
        <translation>次にタグ付けする画像</translation>
    </message>
    <message>
        <source>Stands for others: {share} of all images are more like this one than like any tagged one</source>
        <translation>代表的な画像：全画像の {share} は、タグ付きのどの画像よりもこの画像に似ています</translation>
    </message>
    <message>
        <source>Judged {first} ({share}), a class with fewer tags than others</source>
        <translation>ほかよりタグの少ないクラス {first} と判定されています（{share}）</translation>
    </message>
    <message>
        <source>Judged {first} ({share}), as few other images are</source>
        <translation>{first} と判定されています（{share}）。同じ判定の画像はわずかです</translation>
    </message>
    <message>
        <source>Judged {first} ({share})</source>
        <translation>{first} と判定されています（{share}）</translation>
    </message>
    <message>
        <source>Shows the images whose tags help most, the best first</source>
        <translation>タグを付けると最も役立つ画像を、効果の大きい順に表示します</translation>
    </message>
    <message>
        <source>Renewing…</source>
        <translation>更新中…</translation>
    </message>
    <message>
        <source>What follows is still the list from before the last tag</source>
        <translation>この先は、最後のタグ付けより前に作られた一覧のままです</translation>
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
    <name>Tagging</name>
    <message>
        <source>Tags of many images are being saved. Try again when they are.</source>
        <translation>多数の画像のタグを保存しています。保存が終わってから、もう一度お試しください。</translation>
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
    <name>TilesBox</name>
    <message>
        <source>Trying tiles</source>
        <translation>タイル分割を試しています</translation>
    </message>
    <message>
        <source>Small defects in large images are often found better when images are cut into overlapping tiles. Judging then takes many times as long, so that is done only where your tags show that it helps.</source>
        <translation>大きな画像の小さな欠陥は、画像を重なり合うタイルに分割すると見つけやすくなることがあります。判定に何倍もの時間がかかるため、タグから効果が確かめられた場合にだけ使えます。</translation>
    </message>
    <message>
        <source>Tiles do not come into question here: they need images with at least twice the pixels of the network&apos;s input along each edge, three tags of each class, and a class of good parts.</source>
        <translation>ここではタイル分割を使えません。縦横それぞれネットワークの入力の 2 倍以上の画素がある画像、各クラス 3 枚以上のタグ、良品のクラスが必要です。</translation>
    </message>
    <message>
        <source>The window itself goes on judging whole images.</source>
        <translation>この画面での判定は、これまでどおり画像全体で行います。</translation>
    </message>
    <message>
        <source>Small defects in large images</source>
        <translation>大きな画像の小さな欠陥</translation>
    </message>
    <message>
        <source>Cut large images into tiles</source>
        <translation>大きな画像をタイルに分割する</translation>
    </message>
    <message>
        <source>Try it on the tags</source>
        <translation>タグで試す</translation>
    </message>
</context>
<context>
    <name>UndoStack</name>
    <message numerus="yes">
        <source>tag %n image(s) as &quot;{name}&quot;</source>
        <translation>
            <numerusform>%n 枚に「{name}」のタグを付ける</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>tag %n image(s)</source>
        <translation>
            <numerusform>%n 枚にタグを付ける</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>remove the tag of %n image(s)</source>
        <translation>
            <numerusform>%n 枚のタグを外す</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>mark %n image(s) as unsure</source>
        <translation>
            <numerusform>%n 枚を保留にする</numerusform>
        </translation>
    </message>
    <message>
        <source>add the class &quot;{name}&quot;</source>
        <translation>クラス「{name}」の追加</translation>
    </message>
    <message>
        <source>rename the class &quot;{name}&quot; to &quot;{other}&quot;</source>
        <translation>クラス「{name}」から「{other}」への名前の変更</translation>
    </message>
    <message>
        <source>change the class &quot;{name}&quot;</source>
        <translation>クラス「{name}」の変更</translation>
    </message>
    <message>
        <source>remove the class &quot;{name}&quot;</source>
        <translation>クラス「{name}」の削除</translation>
    </message>
    <message>
        <source>merge the class &quot;{name}&quot; into &quot;{other}&quot;</source>
        <translation>クラス「{name}」の「{other}」への統合</translation>
    </message>
    <message>
        <source>change the cost of &quot;{name}&quot;</source>
        <translation>「{name}」のコストの変更</translation>
    </message>
    <message numerus="yes">
        <source>mark %n region(s)</source>
        <translation>
            <numerusform>%n か所の欠陥領域の追加</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>remove %n region(s)</source>
        <translation>
            <numerusform>%n か所の欠陥領域の削除</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>change %n region(s)</source>
        <translation>
            <numerusform>%n か所の欠陥領域の変更</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UnknownBox</name>
    <message>
        <source>Of the parts of tagged classes, so many may be called unknown</source>
        <translation>タグ付きクラスの部品のうち、「未知」と判定されてよい割合</translation>
    </message>
    <message>
        <source>Less: fewer false “unknown”. More: new kinds of defects are noticed sooner.</source>
        <translation>小さくすると誤った「未知」が減り、大きくすると新しい種類の不良に早く気付けます。</translation>
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
    <name>ViewTools</name>
    <message>
        <source>Move</source>
        <translation>移動</translation>
    </message>
    <message>
        <source>Drag the image to move it (B or Esc)</source>
        <translation>ドラッグで画像を動かします（B または Esc）</translation>
    </message>
    <message>
        <source>Drag boxes around defects (B or Ctrl+B)</source>
        <translation>欠陥をドラッグで囲みます（B または Ctrl+B）</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>マーク</translation>
    </message>
    <message>
        <source>Smaller (-, or the wheel)</source>
        <translation>縮小（-、またはホイール）</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>縮小</translation>
    </message>
    <message>
        <source>Larger (+, or the wheel). Single pixels show above 200%.</source>
        <translation>拡大（+、またはホイール）。200% を超えると画素がそのまま見えます。</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>拡大</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>全体</translation>
    </message>
    <message>
        <source>Show the whole image (*, or double click)</source>
        <translation>画像全体を表示します（*、またはダブルクリック）</translation>
    </message>
    <message>
        <source>One screen pixel for each pixel of the image (/)</source>
        <translation>画像の 1 画素を画面の 1 画素で表示します（/）</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>等倍</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>明るさ</translation>
    </message>
    <message>
        <source>Brightness and contrast on the screen (Ctrl+L)</source>
        <translation>画面での明るさとコントラスト（Ctrl+L）</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比較</translation>
    </message>
    <message>
        <source>The nearest tagged image beside this one (Ctrl+E)</source>
        <translation>最も近いタグ付き画像を並べて表示します（Ctrl+E）</translation>
    </message>
    <message>
        <source>Previous image at the same zoom (Page Up in the image)</source>
        <translation>同じ倍率で前の画像へ（画像上で Page Up）</translation>
    </message>
    <message>
        <source>Previous image</source>
        <translation>前の画像</translation>
    </message>
    <message>
        <source>Next image at the same zoom (Page Down in the image)</source>
        <translation>同じ倍率で次の画像へ（画像上で Page Down）</translation>
    </message>
    <message>
        <source>Next image</source>
        <translation>次の画像</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>倍率</translation>
    </message>
    <message>
        <source>Zoom: pixels of the screen for one pixel of the image</source>
        <translation>倍率：画像の 1 画素を画面の何画素で表示するか</translation>
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
<context>
    <name>WorkMenu</name>
    <message>
        <source>Open a folder of images first.</source>
        <translation>先に画像フォルダーを開いてください。</translation>
    </message>
    <message>
        <source>No pretraining is running.</source>
        <translation>事前学習は実行されていません。</translation>
    </message>
    <message>
        <source>Something is being looked at or saved, or there are no images yet.</source>
        <translation>調査または保存の実行中か、まだ画像がありません。</translation>
    </message>
    <message>
        <source>Pretraining is running, or there are no images yet.</source>
        <translation>事前学習が実行中か、画像がまだありません。</translation>
    </message>
    <message>
        <source>No pretraining is running, and none was stopped.</source>
        <translation>実行中の事前学習も、停止した事前学習もありません。</translation>
    </message>
    <message>
        <source>The list is up to date.</source>
        <translation>一覧は最新です。</translation>
    </message>
    <message>
        <source>No image changed class by the last tag.</source>
        <translation>直前のタグ付けでクラスが変わった画像はありません。</translation>
    </message>
    <message>
        <source>There is nothing to evaluate yet, or it is being done.</source>
        <translation>評価できるものがまだないか、評価の実行中です。</translation>
    </message>
    <message>
        <source>There are no images yet, or the tagged images are being judged.</source>
        <translation>画像がまだないか、タグ付き画像の判定中です。</translation>
    </message>
    <message>
        <source>The list is not narrowed to images that changed class.</source>
        <translation>クラスが変わった画像だけの表示にはなっていません。</translation>
    </message>
    <message>
        <source>Show &amp;files that cannot be used</source>
        <translation>使えないファイルを表示</translation>
    </message>
    <message>
        <source>Take the &amp;inventory</source>
        <translation>画像を調査する(&amp;I)</translation>
    </message>
    <message>
        <source>Start &amp;pretraining</source>
        <translation>事前学習を開始</translation>
    </message>
    <message>
        <source>Pa&amp;use pretraining, or go on</source>
        <translation>事前学習を一時停止・再開</translation>
    </message>
    <message>
        <source>S&amp;top pretraining</source>
        <translation>事前学習を停止</translation>
    </message>
    <message>
        <source>What to tag &amp;next</source>
        <translation>次にタグ付けする画像</translation>
    </message>
    <message>
        <source>Update the &amp;list</source>
        <translation>一覧を更新</translation>
    </message>
    <message>
        <source>List the images that changed &amp;class</source>
        <translation>クラスが変わった画像を表示(&amp;G)</translation>
    </message>
    <message>
        <source>List &amp;all images again</source>
        <translation>元の一覧に戻す(&amp;A)</translation>
    </message>
    <message>
        <source>Show or hide the &amp;heatmap</source>
        <translation>ヒートマップの表示を切り替え</translation>
    </message>
    <message>
        <source>&amp;Back to the computed line</source>
        <translation>計算された境界に戻す</translation>
    </message>
    <message>
        <source>&amp;Evaluate anew</source>
        <translation>評価し直す(&amp;E)</translation>
    </message>
    <message>
        <source>Set images &amp;aside for the test…</source>
        <translation>テスト用に取り分ける(&amp;A)…</translation>
    </message>
    <message>
        <source>Write the &amp;model file</source>
        <translation>モデルファイルを書き出す</translation>
    </message>
    <message>
        <source>C&amp;hoose the model file…</source>
        <translation>モデルファイルの保存先を選ぶ…</translation>
    </message>
    <message>
        <source>&amp;Copy the command for the line PC</source>
        <translation>ライン PC 用のコマンドをコピー</translation>
    </message>
    <message>
        <source>Show the model file in its f&amp;older</source>
        <translation>モデルファイルをフォルダーで表示</translation>
    </message>
</context>
</TS>
