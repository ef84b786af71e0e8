node {
  compassEvent(environment: 'production', credentialsId: 'not-there') {
    sh 'echo deployed'
  }
}
