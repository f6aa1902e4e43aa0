"""The sentences that the core can say to the window's user, so that they can be translated.

``{name}`` stands for a value. A test compares this list with what the core's source says.
"""

from PySide6.QtCore import QT_TRANSLATE_NOOP

from micm_desktop.gui.safety_messages import SAFETY

TEMPLATES = (
    *SAFETY,
    QT_TRANSLATE_NOOP("Core", "The encoder in use cannot be deleted. Use another one first."),
    QT_TRANSLATE_NOOP("Core", "This run kept nothing to compare it with, and cannot be judged again."),
    QT_TRANSLATE_NOOP("Core", "To judge a run again, at least two classes need three tags each."),
    # Why a file cannot be used
    QT_TRANSLATE_NOOP("Core", "this is a folder, not an image file"),
    QT_TRANSLATE_NOOP("Core", "this is not a plain file"),
    QT_TRANSLATE_NOOP("Core", "the file is too large ({size} GiB; 2 GiB at most)"),
    QT_TRANSLATE_NOOP("Core", "the file is no longer there"),
    QT_TRANSLATE_NOOP("Core", "this is a link that leads to no file"),
    QT_TRANSLATE_NOOP("Core", "no permission to read this file, or another program has locked it"),
    QT_TRANSLATE_NOOP("Core", "not enough memory to read this file"),
    QT_TRANSLATE_NOOP("Core", "the file could not be read ({reason})"),
    QT_TRANSLATE_NOOP("Core", "the file is empty (0 bytes)"),
    QT_TRANSLATE_NOOP("Core", "not enough memory to decode this image"),
    QT_TRANSLATE_NOOP("Core", "the image has no pixels ({width} x {height})"),
    QT_TRANSLATE_NOOP("Core", "the image is too large: {width} x {height} pixels, {limit} megapixels at most"),
    QT_TRANSLATE_NOOP(
        "Core",
        "the TIFF file is damaged, cut off, or of a kind that cannot be read; save it uncompressed or as PNG",
    ),
    QT_TRANSLATE_NOOP("Core", "the content is not a BMP, PNG, JPEG, TIFF, WebP or PNM image"),
    QT_TRANSLATE_NOOP("Core", "the file is cut off: its end is missing"),
    QT_TRANSLATE_NOOP("Core", "the file is damaged at its beginning"),
    QT_TRANSLATE_NOOP("Core", "the file is damaged"),
    QT_TRANSLATE_NOOP("Core", "the decoder crashed on this file"),
    QT_TRANSLATE_NOOP("Core", "decoding this file took more than {seconds} seconds"),
    QT_TRANSLATE_NOOP(
        "Core", "its folder is not there; connect the drive, or tell the project where the folder is now"
    ),
    # The test set
    QT_TRANSLATE_NOOP(
        "Core", "An image that cannot be opened cannot be set aside. Take it out of the list and try again."
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "{count} of the images have or had a tag: what was learned from cannot test. Set aside images that were never "
        "tagged.",
    ),
    QT_TRANSLATE_NOOP("Core", "The share of images to set aside must lie above 0 % and below 100 %."),
    QT_TRANSLATE_NOOP("Core", "That many images are already set aside, or there are too few for a test set."),
    QT_TRANSLATE_NOOP(
        "Core", "All images have or had a tag: what was learned from cannot test. Add images that are new."
    ),
    QT_TRANSLATE_NOOP("Core", "Nothing would be left to learn from. Set aside a smaller share."),
    QT_TRANSLATE_NOOP("Core", "There is no encoder number {number} in this project."),
    QT_TRANSLATE_NOOP("Core", "The test set has changed since the features were loaded. Load them again."),
    # Marked regions
    QT_TRANSLATE_NOOP("Core", "An image that cannot be opened cannot be marked."),
    QT_TRANSLATE_NOOP("Core", "The marked region is empty. Drag from one corner of the defect to the other."),
    QT_TRANSLATE_NOOP("Core", "This region was already removed."),
    # Folders and projects
    QT_TRANSLATE_NOOP("Core", "The folder {path} is not a folder. Check the path, or connect the drive that holds it."),
    QT_TRANSLATE_NOOP(
        "Core",
        "The folder {path} is a link that leads to no folder. Check the path, or connect the drive that holds it.",
    ),
    QT_TRANSLATE_NOOP("Core", "The folder {path} does not exist. Check the path, or connect the drive that holds it."),
    QT_TRANSLATE_NOOP("Core", "The folder {path} cannot be read ({reason}). Check its permissions."),
    QT_TRANSLATE_NOOP("Core", "{path} is not a folder. Choose a folder for the project."),
    QT_TRANSLATE_NOOP("Core", "This folder is not part of the project. Open it as a new folder."),
    QT_TRANSLATE_NOOP("Core", "The folder {path} is already open in this project. Choose another folder."),
    QT_TRANSLATE_NOOP("Core", "{path} belongs to another program. Choose another folder for the project."),
    QT_TRANSLATE_NOOP(
        "Core",
        "The project {path} was made with a newer version of this program (format {version}; this version reads up to "
        "{known}). Update the program to open it.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "This project names a file outside of its folders ({name}). It was not made by this program; do not open it.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "{path} holds a {kind} named {name}, which no project of this program has. Do not open it: it may have been "
        "made to do harm.",
    ),
    QT_TRANSLATE_NOOP("Core", "{path} is not a project file. Choose another folder for the project."),
    QT_TRANSLATE_NOOP("Core", "The project file {path} is damaged. Restore its labels from a backup."),
    QT_TRANSLATE_NOOP(
        "Core",
        "The disk that holds {path} is full; the last change was not saved. Free some space and try again.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "Another program is using {path}; the last change was not saved. Close it there and try again.",
    ),
    QT_TRANSLATE_NOOP("Core", "The project file {path} could not be used ({reason}). Check the disk, then try again."),
    QT_TRANSLATE_NOOP(
        "Core",
        "The project folder {path} cannot be written. Choose a folder that you may write to, or change its "
        "permissions.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The sample pictures could not be written to {path}: {reason}. Choose a folder that you may write to, on a "
        "disk with free space.",
    ),
    QT_TRANSLATE_NOOP("Core", "{path}: {reason}. Check the place and its free space, then try again."),
    # Classes and tags
    QT_TRANSLATE_NOOP("Core", "This class was removed from the project. Choose or add another class."),
    QT_TRANSLATE_NOOP("Core", "The class has no name. Type a name for it."),
    QT_TRANSLATE_NOOP("Core", "The class name holds a line break or another invisible character. Type the name anew."),
    QT_TRANSLATE_NOOP("Core", "There is already a class named {name}. Choose another name."),
    QT_TRANSLATE_NOOP(
        "Core", "The key {key} cannot tag a class. Choose a digit from 1 to 9, or a letter other than u."
    ),
    QT_TRANSLATE_NOOP("Core", "The key {key} already belongs to the class {name}. Choose another key."),
    QT_TRANSLATE_NOOP("Core", "This step cannot be undone with this version of the program."),
    QT_TRANSLATE_NOOP("Core", "This step cannot be undone: the class was changed since, by another program."),
    QT_TRANSLATE_NOOP(
        "Core",
        "This step cannot be undone: what it changed was changed again since, by another program. Undo that change"
        " first.",
    ),
    QT_TRANSLATE_NOOP("Core", "{color} is not a colour. Write it as #rrggbb."),
    QT_TRANSLATE_NOOP(
        "Core", "An image that cannot be opened cannot be tagged. Take it out of the selection and try again."
    ),
    # The inventory
    QT_TRANSLATE_NOOP(
        "Core",
        "There are no images in {path}. BMP, PNG, JPEG, TIFF and WebP files are looked for, in sub-folders too.",
    ),
    QT_TRANSLATE_NOOP("Core", "{path} has only {count} different images; a comparison needs {least}. Collect more."),
    # Pretraining and encoders
    QT_TRANSLATE_NOOP("Core", "Pretraining was cancelled while the images were being read; nothing was trained."),
    QT_TRANSLATE_NOOP(
        "Core",
        "Pretraining needs at least {needed} readable images; {count} were found and {failed} could not be read. Add "
        "more images of the same product.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "Training became unstable: the loss is no longer a number. Start again with another seed or a lower learning "
        "rate; the encoder you had before is unchanged.",
    ),
    QT_TRANSLATE_NOOP("Core", "Training became unstable: the loss is no longer a number."),
    QT_TRANSLATE_NOOP("Core", "The network began to see the same in every image."),
    QT_TRANSLATE_NOOP("Core", "The network no longer told the images apart: its answer was the same for every one."),
    QT_TRANSLATE_NOOP("Core", "The network began to put all images into one group."),
    QT_TRANSLATE_NOOP("Core", "The network no longer recognised an image when it saw another part of it."),
    QT_TRANSLATE_NOOP(
        "Core",
        "Training went back to what it knew at step {step} and goes on more carefully: in smaller steps (learning rate "
        "{rate}), with a teacher that changes more slowly (momentum {momentum}) and decides more clearly (temperature "
        "{temperature}, Sinkhorn centering).",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "{what} That happened from the beginning, whatever was tried against it. The encoder you had before is "
        "unchanged; use that one, or pretrain on images that differ more.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "{what} It happened again after every remedy, so the run ends early with what the network knew at step {step}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The tagged images have not been told apart any better since {percent} % of the planned time, so the run ends "
        "here: more training would teach nothing new.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The network has not learned anything measurable since {percent} % of the planned time, so the run ends here: "
        "more training would teach nothing new.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The memory was not enough for the whole batch at once: it now passes the network in parts of {count} images, "
        "which takes longer and teaches the same.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The memory of the device that trains is too small even for one image at a time. Close other programs that use "
        "it, or train on the CPU. The encoder you had before is unchanged.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "{path} could be read before and cannot be read any more: {reason}. Put it back, then go on with the stopped "
        "run.",
    ),
    QT_TRANSLATE_NOOP("Core", "Images look more alike to the network than before, so telling them apart counts less."),
    QT_TRANSLATE_NOOP("Core", "The network's answers lose their variety, so telling images apart counts less."),
    QT_TRANSLATE_NOOP("Core", "Telling images apart counts more, step by step."),
    QT_TRANSLATE_NOOP("Core", "Telling images apart outweighed the rest, so it counts less."),
    QT_TRANSLATE_NOOP("Core", "The rest outweighed telling images apart, so that counts more."),
    QT_TRANSLATE_NOOP("Core", "More of each image is hidden, step by step."),
    QT_TRANSLATE_NOOP("Core", "Images are recognised easily, so more of them is hidden."),
    QT_TRANSLATE_NOOP("Core", "Images are hardly recognised, so less of them is hidden."),
    QT_TRANSLATE_NOOP(
        "Core",
        "Now {percent} % of a masked image is hidden, and telling images apart has the weight {weight}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The stopped run in {path} was made with other settings ({names}). Go on with those, or start a new run with "
        "these: the stopped one is kept.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The images are not those of the stopped run in {path}: {added} were added and {gone} are gone or have "
        "changed. To go on with that run, bring them back as they were. To use them as they are, start a new run: the "
        "stopped one is kept.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The stopped run in {path} is damaged, or another version of this program made it. Start a new run.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The run that was stopped here before is kept as {kept}, and a new one begins. To go on with the old one "
        "instead, stop this run and rename that file to {name}. The last {count} such files are kept.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The state of training could not be written to {path} ({reason}). Training goes on and tries again; free some "
        "space there, or a stop would lose what was learned since the last time.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The images could not be kept in {path} while training ({reason}). That needs {size} MB: free some space "
        "there, or let the encoder be written to another disk.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "All {count} images show exactly the same, so there is nothing to learn from them. Add images that differ.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The time was enough for {seen} of the {count} images, once each. To see each of them once, this computer "
        "needs about {minutes} minutes; several times that teach much more.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The finished encoder could not be written to {path} ({reason}). Free some space there, then go on with the "
        "stopped run: no more than its last minute is lost. The encoder you had before is unchanged.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The finished encoder could not be written to {path} ({reason}), nor could the state of training. Free some "
        "space there and start again. The encoder you had before is unchanged.",
    ),
    QT_TRANSLATE_NOOP("Core", "{path} cannot be read: it is damaged or not a .safetensors file ({reason})."),
    QT_TRANSLATE_NOOP(
        "Core", "There is no encoder file at {path}. Name a .safetensors file made by pretrain, or 'starter'."
    ),
    QT_TRANSLATE_NOOP("Core", "{path} is not a file of MICM Desktop ({reason}). Choose another file."),
    QT_TRANSLATE_NOOP("Core", "{path} was made by a newer MICM Desktop. Update this program to read it."),
    QT_TRANSLATE_NOOP("Core", "The encoder file {path} does not fit this version of MICM Desktop: {reason}"),
    # What a run would be like
    QT_TRANSLATE_NOOP("Core", "Each image is shown as two crops of {crop} px, {batch} images at a time."),
    QT_TRANSLATE_NOOP(
        "Core", "Each image is shown as two crops of {crop} px and {count} of {small} px, {batch} images at a time."
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "In {minutes} minutes the {images} images would be seen more than {most} times, which teaches nothing new: the "
        "run ends after that many passes.",
    ),
    QT_TRANSLATE_NOOP(
        "Core", "Of the first images fewer than two can be read. Check the files, or choose another folder."
    ),
    # The verdict on a pretraining run
    QT_TRANSLATE_NOOP(
        "Core",
        "The features from before pretraining stay in use: judged by the other tags, tagged images get their class "
        "with {base} confidence on average, with the new features {new}. That is not clearly better.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The features of small details are used, since pretraining taught them where to look: judged by the other "
        "tags, tagged images get their class with {details} confidence on average, with the features from before "
        "pretraining {base}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The new features are used: judged by the other tags, tagged images get their class with {new} confidence on "
        "average, with those from before pretraining {base}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "New and earlier features are used together: judged by the other tags, tagged images get their class with "
        "{both} confidence on average, with the new features alone {new}, with the earlier ones alone {base}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The memory of a device is too small for its share of the batch. Start one process alone, which passes a batch "
        "in parts. The encoder you had before is unchanged.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "Images that look alike as a whole differ in their small details. So the features that describe details are "
        "used; pretraining taught them where to look.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The run was short: {steps} steps, of at least {least} that new features need. The features from before "
        "pretraining stay in use. Grant it more time.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "Images that look alike to the new network differ in their small details. So the features from before "
        "pretraining stay in use.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "New and earlier features are used together: there are not tags enough yet to tell which are better.",
    ),
    # Predictions and export
    QT_TRANSLATE_NOOP("Core", "At least two classes need a tag. Tag one or more images of another class."),
    QT_TRANSLATE_NOOP("Core", "The features of some images are damaged. Compute the features again."),
    QT_TRANSLATE_NOOP(
        "Core", "There are {count} images to learn from; {least} are needed. Name a folder with more images."
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "Nothing to export yet: at least two classes need a tag, and the images need features. Tag images on the "
        "Label page first.",
    ),
    QT_TRANSLATE_NOOP("Core", "None of the images could be read. Check the files."),
    QT_TRANSLATE_NOOP(
        "Core",
        "The smallest marked defect has {pixels} pixels in the network's input, {patches} patches; below 2 it is "
        "easily missed. Cut the images into {across} x {down} tiles, or use an encoder with an input of {input} "
        "pixels.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The smallest marked defect has {pixels} pixels in the network's input, {patches} patches; below 2 it is "
        "easily missed. Use an encoder with an input of {input} pixels.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The smallest marked defect has {pixels} pixels in the network's input, {patches} patches; below 2 it is "
        "easily missed. The images hold no more detail: take them from nearer, or with more pixels.",
    ),
    # Tiles
    QT_TRANSLATE_NOOP(
        "Core",
        "The images are cut into {across} x {down} tiles: judged by the other tags, {cut} of the tagged images get "
        "their class that way, uncut {whole}.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The images are not cut into tiles: judged by the other tags, {cut} of the tagged images get their class in "
        "{across} x {down} tiles, uncut {whole}.",
    ),
    QT_TRANSLATE_NOOP("Core", "Nothing to cut into tiles yet: at least two classes need a tag."),
    QT_TRANSLATE_NOOP("Core", "{path} is damaged: {name} is missing."),
    QT_TRANSLATE_NOOP("Core", "None of the images could be read, so the model file could not be checked."),
    QT_TRANSLATE_NOOP(
        "Core",
        "The system ended the process that writes the model file, most often for want of memory. Close other programs "
        "and try again.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "The model file does not agree with this program (largest difference {difference}); it was not kept. Please "
        "report this with the log file.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "int8 loses too much: of {tags} tagged images that the model had not learned from, {right} are right instead "
        "of {before} ({points} points; the limit is {limit}). No file was written. Leave int8 off, or raise the limit "
        "with --int8-limit.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "int8 would miss defects: {missed} of {defects} images that the model calls defects or unknown would be called "
        "good (the limit is {limit} %). No file was written. Leave int8 off, or raise the limit with --int8-limit.",
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "Files for OpenVINO need a package that is not installed. Install it with: "
        'pip install "micm-desktop[openvino]", or use a file in ONNX.',
    ),
    # The report
    QT_TRANSLATE_NOOP("Core", "The report's file must end in .html or .pdf, not {name}."),
    QT_TRANSLATE_NOOP("Core", "{path} is a folder. Name a file, such as {example}."),
    QT_TRANSLATE_NOOP(
        "Core", "{path} cannot be written ({reason}). Close it where it is open, or name another file or folder."
    ),
    QT_TRANSLATE_NOOP("Core", "{path} cannot be read ({reason}). Name the model file that was exported."),
    # The test set
    QT_TRANSLATE_NOOP(
        "Core", "An image that cannot be opened cannot be set aside. Take it out of the list and try again."
    ),
    QT_TRANSLATE_NOOP(
        "Core",
        "{count} of the images have or had a tag: what was learned from cannot test. Set aside images that were never "
        "tagged.",
    ),
    QT_TRANSLATE_NOOP("Core", "The test set has changed since the features were loaded. Load them again."),
    QT_TRANSLATE_NOOP("Core", "{count} images of the test set are left out: nothing may learn from them."),
    QT_TRANSLATE_NOOP("Core", "The share of images to set aside must lie above 0 % and below 100 %."),
    QT_TRANSLATE_NOOP("Core", "That many images are already set aside, or there are too few for a test set."),
    QT_TRANSLATE_NOOP(
        "Core", "All images have or had a tag: what was learned from cannot test. Add images that are new."
    ),
    QT_TRANSLATE_NOOP("Core", "Nothing would be left to learn from. Set aside a smaller share."),
    QT_TRANSLATE_NOOP("Core", "All images of the list have or had a tag: what was learned from cannot test."),
    QT_TRANSLATE_NOOP("Core", "Nothing would be left to learn from. Set aside fewer images."),
    QT_TRANSLATE_NOOP("Core", "The list {path} cannot be read. It must be a text file with one image a line."),
    QT_TRANSLATE_NOOP("Core", "Line {number} of {path} names no readable image of the project: {name}"),
    QT_TRANSLATE_NOOP("Core", "There is no encoder number {number} in this project."),
)
