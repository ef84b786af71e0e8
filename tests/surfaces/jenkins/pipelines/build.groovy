node {
  compassEvent {
    sh 'true'
  }
}
