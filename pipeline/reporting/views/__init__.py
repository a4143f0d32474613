"""What the page shows, a module a part of it: tables in, rows for its template out."""
