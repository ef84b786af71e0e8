node {
  compassEvent(environment: 'production') {
    sh 'echo deploying; sleep 0.1'
  }
}
