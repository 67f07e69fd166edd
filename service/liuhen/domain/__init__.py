"""What the records mean: catalogue, admission, life cycles. No IO."""
