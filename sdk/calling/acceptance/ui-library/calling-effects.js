/** Stands for `@azure/communication-calling-effects`, which is proprietary: effects that nothing supports. */
class Effect {
  constructor(name) {
    this.name = name;
  }

  async configure() {}
}

export class BackgroundBlurEffect extends Effect {
  constructor() {
    super('BackgroundBlur');
  }
}

export class BackgroundReplacementEffect extends Effect {
  constructor() {
    super('BackgroundReplacement');
  }
}

export class DeepNoiseSuppressionEffect extends Effect {
  constructor() {
    super('DeepNoiseSuppression');
  }
}
