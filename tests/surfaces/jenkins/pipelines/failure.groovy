node {
  compassEvent(environment: 'production') {
    sh 'exit 3'
  }
}
