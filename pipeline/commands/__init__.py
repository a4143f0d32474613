"""What the commands of `counterpoint` do."""
