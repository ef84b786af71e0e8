node {
  compassEvent(enviroment: 'production') {
    sh 'echo deployed'
  }
}
