"""`python -m tests.faults --seconds 120 --seed 7`"""

from tests.faults.run import main

main()
