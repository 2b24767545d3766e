/** What a machine wants done, in order: put by the machine, taken by `poll`. Taking costs the same however many wait. */
export class OutputQueue<Output> {
  private outputs: Output[] = [];
  private polled = 0;

  put(output: Output): void {
    this.outputs.push(output);
  }

  /** Removes and returns the oldest; `undefined` when drained. */
  poll(): Output | undefined {
    const output = this.outputs[this.polled];
    if (output !== undefined) {
      this.polled += 1;
      return output;
    }
    if (this.polled > 0) this.outputs = [];
    this.polled = 0;
    return undefined;
  }
}
