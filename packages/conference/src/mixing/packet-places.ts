/** What a packet is to a jitter buffer. Where its payload is kept is the owner's: `payload` names the place. */
export interface BufferedPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** In units of the stream's clock. */
  readonly duration: number;
  /** RFC 6464, 0 to 127; -1 is unknown. */
  readonly level: number;
  readonly payload: number;
}

/** The packets that a jitter buffer holds, each at the place that follows from its sequence number: nothing is allocated for one. */
export class PacketPlaces {
  /** So many sequence numbers from the oldest on have a place of their own. */
  static readonly capacity = 64;
  /** Packets that are here. */
  count = 0;
  private readonly filled = new Uint8Array(PacketPlaces.capacity);
  private readonly repeated = new Uint8Array(PacketPlaces.capacity);
  private readonly sequences = new Uint16Array(PacketPlaces.capacity);
  private readonly timestamps = new Int32Array(PacketPlaces.capacity);
  private readonly durations = new Int32Array(PacketPlaces.capacity);
  private readonly levels = new Int8Array(PacketPlaces.capacity);
  private readonly payloads = new Int32Array(PacketPlaces.capacity);

  /** The place of a sequence number, which may lie up to `capacity` before 0. */
  placeOf(sequenceNumber: number): number {
    return (sequenceNumber + PacketPlaces.capacity) % PacketPlaces.capacity;
  }

  isFilled(place: number): boolean {
    return this.filled[place] === 1;
  }

  /** The place of the first packet after a sequence number; that of the number itself where there is none. */
  placeAfter(sequenceNumber: number): number {
    for (let ahead = 1; ahead < PacketPlaces.capacity; ahead += 1) {
      const place = this.placeOf(sequenceNumber + ahead);
      if (this.filled[place] === 1) return place;
    }
    return this.placeOf(sequenceNumber);
  }

  /** @param isRepeated it was lost itself, and came once more in a later one. */
  put(place: number, packet: BufferedPacket, isRepeated: boolean): void {
    this.filled[place] = 1;
    this.repeated[place] = isRepeated ? 1 : 0;
    this.sequences[place] = packet.sequenceNumber;
    this.timestamps[place] = packet.timestamp;
    this.durations[place] = packet.duration;
    this.levels[place] = packet.level;
    this.payloads[place] = packet.payload;
    this.count += 1;
  }

  /** Empties a place. @returns Where its payload is. */
  take(place: number): number {
    this.filled[place] = 0;
    this.count -= 1;
    return this.payloadAt(place);
  }

  isRepeatedAt(place: number): boolean {
    return this.repeated[place] === 1;
  }

  sequenceAt(place: number): number {
    return this.sequences[place] ?? 0;
  }

  timestampAt(place: number): number {
    return this.timestamps[place] ?? 0;
  }

  durationAt(place: number): number {
    return this.durations[place] ?? 0;
  }

  levelAt(place: number): number {
    return this.levels[place] ?? -1;
  }

  payloadAt(place: number): number {
    return this.payloads[place] ?? -1;
  }
}
