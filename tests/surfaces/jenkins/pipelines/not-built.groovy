node {
  compassEvent {
    milestone()
  }
}
