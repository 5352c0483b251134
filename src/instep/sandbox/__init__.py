"""The local GoHighLevel and the toolkit on which apps' emulators are built."""
