<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>CardMenu</name>
    <message numerus="yes">
        <source>Copy %n path(s)</source>
        <translation>
            <numerusform>Copy the path</numerusform>
            <numerusform>Copy %n paths</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChangedBar</name>
    <message numerus="yes">
        <source>%n image(s) that changed class</source>
        <translation>
            <numerusform>%n image that changed class</numerusform>
            <numerusform>%n images that changed class</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ChangesNote</name>
    <message numerus="yes">
        <source>%n image(s) changed class</source>
        <translation>
            <numerusform>%n image changed class</numerusform>
            <numerusform>%n images changed class</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClassEditing</name>
    <message numerus="yes">
        <source>%n image(s) lose their tag. Undo brings the class and its tags back.</source>
        <translation>
            <numerusform>%n image loses its tag. Undo brings the class and its tag back.</numerusform>
            <numerusform>%n images lose their tag. Undo brings the class and its tags back.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConfusionModel</name>
    <message numerus="yes">
        <source>%n image(s) tagged &quot;{name}&quot;: unknown</source>
        <translation>
            <numerusform>%n image tagged &quot;{name}&quot;: unknown</numerusform>
            <numerusform>%n images tagged &quot;{name}&quot;: unknown</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) tagged &quot;{name}&quot;: a person is asked</source>
        <translation>
            <numerusform>%n image tagged &quot;{name}&quot;: a person is asked</numerusform>
            <numerusform>%n images tagged &quot;{name}&quot;: a person is asked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) tagged &quot;{name}&quot;: judged so</source>
        <translation>
            <numerusform>%n image tagged &quot;{name}&quot;: judged so</numerusform>
            <numerusform>%n images tagged &quot;{name}&quot;: judged so</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) tagged &quot;{name}&quot;: judged &quot;{other}&quot;</source>
        <translation>
            <numerusform>%n image tagged &quot;{name}&quot;: judged &quot;{other}&quot;</numerusform>
            <numerusform>%n images tagged &quot;{name}&quot;: judged &quot;{other}&quot;</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EditedImages</name>
    <message numerus="yes">
        <source>%n labelled image(s) show something else now: the file was changed.</source>
        <translation>
            <numerusform>%n labelled image shows something else now: the file was changed.</numerusform>
            <numerusform>%n labelled images show something else now: the files were changed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EvaluatePage</name>
    <message numerus="yes">
        <source>Evaluated before %n change(s) of tags, classes, costs, images or encoder.</source>
        <translation>
            <numerusform>Evaluated before %n change of tags, classes, costs, images or encoder.</numerusform>
            <numerusform>Evaluated before %n changes of tags, classes, costs, images or encoder.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EvaluationWords</name>
    <message numerus="yes">
        <source>{better} is right on %n more image(s) than {worse};</source>
        <translation>
            <numerusform>{better} is right on %n more image than {worse};</numerusform>
            <numerusform>{better} is right on %n more images than {worse};</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ImagesPage</name>
    <message numerus="yes">
        <source>%n file(s) cannot be read</source>
        <translation>
            <numerusform>%n file cannot be read</numerusform>
            <numerusform>%n files cannot be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) missing</source>
        <translation>
            <numerusform>%n file missing</numerusform>
            <numerusform>%n files missing</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n duplicate(s) of the same content</source>
        <translation>
            <numerusform>%n duplicate of the same content</numerusform>
            <numerusform>%n duplicates of the same content</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folder(s)</source>
        <translation>
            <numerusform>%n folder</numerusform>
            <numerusform>%n folders</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LabelFiles</name>
    <message numerus="yes">
        <source>%n label(s) written to {path}.</source>
        <translation>
            <numerusform>%n label written to {path}.</numerusform>
            <numerusform>%n labels written to {path}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take up %n new label(s)?</source>
        <translation>
            <numerusform>Take up %n new label?</numerusform>
            <numerusform>Take up %n new labels?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n label(s) of the file are in the project already.</source>
        <translation>
            <numerusform>%n label of the file is in the project already.</numerusform>
            <numerusform>%n labels of the file are in the project already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n label(s) disagree with the project; the project&apos;s own stay, as listed below.</source>
        <translation>
            <numerusform>%n label disagrees with the project; the project&apos;s own stays, as listed below.</numerusform>
            <numerusform>%n labels disagree with the project; the project&apos;s own stay, as listed below.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The images of %n label(s) are not in the project.</source>
        <translation>
            <numerusform>The image of %n label is not in the project.</numerusform>
            <numerusform>The images of %n labels are not in the project.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n label(s) taken up. Undo takes them back.</source>
        <translation>
            <numerusform>%n label taken up. Undo takes it back.</numerusform>
            <numerusform>%n labels taken up. Undo takes them back.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MapWords</name>
    <message numerus="yes">
        <source>%n image(s) have no features yet and are not on the map.</source>
        <translation>
            <numerusform>%n image has no features yet and is not on the map.</numerusform>
            <numerusform>%n images have no features yet and are not on the map.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RegionBar</name>
    <message numerus="yes">
        <source>%n region(s) marked</source>
        <translation>
            <numerusform>%n region marked</numerusform>
            <numerusform>%n regions marked</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunList</name>
    <message numerus="yes">
        <source>Judge again with %n new tag(s)</source>
        <translation>
            <numerusform>Judge again with %n new tag</numerusform>
            <numerusform>Judge again with %n new tags</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SavedMark</name>
    <message numerus="yes">
        <source>%n change(s) could not be saved. {reason}</source>
        <translation>
            <numerusform>%n change could not be saved. {reason}</numerusform>
            <numerusform>%n changes could not be saved. {reason}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Saving: %n image(s)…</source>
        <translation>
            <numerusform>Saving: %n image…</numerusform>
            <numerusform>Saving: %n images…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>✓ Saved: %n image(s)</source>
        <translation>
            <numerusform>✓ Saved: %n image</numerusform>
            <numerusform>✓ Saved: %n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message numerus="yes">
        <source>{size} in %n file(s)</source>
        <translation>
            <numerusform>{size} in %n file</numerusform>
            <numerusform>{size} in %n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UndoStack</name>
    <message numerus="yes">
        <source>tag %n image(s) as &quot;{name}&quot;</source>
        <translation>
            <numerusform>tag %n image as &quot;{name}&quot;</numerusform>
            <numerusform>tag %n images as &quot;{name}&quot;</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>tag %n image(s)</source>
        <translation>
            <numerusform>tag %n image</numerusform>
            <numerusform>tag %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>remove the tag of %n image(s)</source>
        <translation>
            <numerusform>remove the tag of %n image</numerusform>
            <numerusform>remove the tags of %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>mark %n image(s) as unsure</source>
        <translation>
            <numerusform>mark %n image as unsure</numerusform>
            <numerusform>mark %n images as unsure</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>mark %n region(s)</source>
        <translation>
            <numerusform>mark a region</numerusform>
            <numerusform>mark %n regions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>remove %n region(s)</source>
        <translation>
            <numerusform>remove a region</numerusform>
            <numerusform>remove %n regions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>change %n region(s)</source>
        <translation>
            <numerusform>change a region</numerusform>
            <numerusform>change %n regions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>about %n second(s) left</source>
        <translation>
            <numerusform>about %n second left</numerusform>
            <numerusform>about %n seconds left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) left</source>
        <translation>
            <numerusform>about %n minute left</numerusform>
            <numerusform>about %n minutes left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n hour(s) left</source>
        <translation>
            <numerusform>about %n hour left</numerusform>
            <numerusform>about %n hours left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n second(s)</source>
        <translation>
            <numerusform>%n second</numerusform>
            <numerusform>%n seconds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) tagged</source>
        <translation>
            <numerusform>%n image tagged</numerusform>
            <numerusform>%n images tagged</numerusform>
        </translation>
    </message>
</context>
</TS>
