"""What several kinds of tests need: barcodes to hold before a camera, a browser to drive."""
