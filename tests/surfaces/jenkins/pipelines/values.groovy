node {
  withEnv(['PRICE=9']) {
    compassEvent(
      environment: 'production',
      displayName: 'costs $PRICE, ${PRICE} or $$',
      description: '"quoted"; $(touch planted) `touch planted`',
      componentId: [
        'ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4',
        'ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/30307f94-33fc-4613-b40d-651fee166c5e/0a3f5d34-6d60-4f60-8a34-2c4f8a5f5a11'
      ],
      properties: [environment: [category: 'STAGING']]
    ) {
      sh 'true'
    }
  }
}
