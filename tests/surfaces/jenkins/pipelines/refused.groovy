node {
  compassEvent(environment: 'production', componentId: 'not an ARI') {
    sh 'echo deployed'
  }
}
