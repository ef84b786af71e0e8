node {
  def version = compassEvent(environment: 'staging') {
    return '1.2.3'
  }
  echo "version ${version}"
}
