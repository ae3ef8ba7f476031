"""One reader a file format: bytes in, text with tab-separated table lines out. `kepu.engines.plandoc.decode` calls them."""
