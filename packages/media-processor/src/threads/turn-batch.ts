/** Messages of one turn of the event loop go together: to wake whoever gets them costs more than the messages do. In order. */
export class TurnBatch<Message> {
  private readonly send: (messages: readonly Message[]) => void;
  private waiting: Message[] = [];

  /** @param send The array is the receiver's. */
  constructor(send: (messages: readonly Message[]) => void) {
    this.send = send;
  }

  add(message: Message): void {
    if (this.waiting.push(message) === 1) setImmediate(() => this.flush());
  }

  /** Sends what waits, now. */
  flush(): void {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    this.send(waiting);
  }
}
