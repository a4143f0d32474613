"""What the report says and exports, before it is drawn."""
