node {
  compassEvent {
    assert 1 == 2
  }
}
