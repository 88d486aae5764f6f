"""One verdict, to be reproduced in a plain notebook: what was asked, what came, what was due."""
