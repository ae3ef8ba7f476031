from kepu.project.command import main

raise SystemExit(main())
