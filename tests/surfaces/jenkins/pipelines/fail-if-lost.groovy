node {
  compassEvent(environment: 'production', 'on-error': 'fail') {
    sh 'echo deployed'
  }
}
