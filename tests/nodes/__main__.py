"""`python -m tests.nodes --seconds 120 --seed 7`"""

from tests.nodes.run import main

main()
