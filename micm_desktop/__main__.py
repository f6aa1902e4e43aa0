"""``python -m micm_desktop``, and where a program in one file begins."""

import sys

if sys.argv[1:] == ["--decode-images"]:
    # The process that decodes: it needs no command line, which takes time to load.
    from micm_desktop.images.decode_worker import main
elif sys.argv[1:2] == ["--translate-model"]:
    from micm_desktop.export.translate_worker import main
else:
    from micm_desktop.cli import main

main()
