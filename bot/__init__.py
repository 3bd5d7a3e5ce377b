"""The voters' desk: voters write on the app they use, a campaign or an office answers."""

import os

# numpy reads this when it is first imported. Two threads wait for each other more than they calculate on the few texts of
# a batch: 1.7 ms of CPU a text with two, 0.9 with one, in the same time. Learning asks for all of them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
