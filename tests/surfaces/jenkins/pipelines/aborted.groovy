node {
  compassEvent(environment: 'production') {
    abort()
  }
}
