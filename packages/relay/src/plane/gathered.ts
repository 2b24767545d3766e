/**
 * Gathers what is told piece by piece and hands it over together, in order, when the running callback has ended. For messages between threads: one costs
 * more than all that it carries.
 */
export class Gathered<Piece> {
  private readonly handOver: (pieces: readonly Piece[]) => void;
  private pieces: Piece[] = [];

  constructor(handOver: (pieces: readonly Piece[]) => void) {
    this.handOver = handOver;
  }

  add(piece: Piece): void {
    if (this.pieces.length === 0) queueMicrotask(() => this.flush());
    this.pieces.push(piece);
  }

  private flush(): void {
    const { pieces } = this;
    this.pieces = [];
    this.handOver(pieces);
  }
}
