pub const MARKDOWN_MOST: usize = 2 << 20;
