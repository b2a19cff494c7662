"""What a figure is and when figures may be published; knows no database and no message."""
