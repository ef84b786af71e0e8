node {
  compassEvent(environment: 'production', onError: 'fail') {
    sh 'exit 3'
  }
}
