"""A believable demo: two clients, three vendors, six projects, written through the product's own actions."""
