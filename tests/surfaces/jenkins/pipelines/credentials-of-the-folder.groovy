node {
  withEnv(['COMPASS_EMAIL=folder@acme.example', 'COMPASS_API_TOKEN=token-of-the-folder']) {
    compassEvent(environment: 'production', credentialsId: 'not-there') {
      sh 'true'
    }
  }
}
