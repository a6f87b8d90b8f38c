from dialogram.cli import main

main()
