export interface InFlightLimits {
  readonly mostBytesOfOwner: number;
  readonly mostBytesOfAll: number;
}

/** What one file holds, from its first byte until it is decoded or given up. */
export interface FileInFlight {
  /** @returns Why there is no room for so many more bytes, in a sentence; `undefined` where they are taken. */
  take(bytes: number): string | undefined;
  /** Gives back all that was taken. */
  release(): void;
}

/** Bytes of files that have come and are not decoded yet. They are in memory, so those of one owner have a limit, and those of all, whatever the number of files. */
export class BytesInFlight {
  readonly #limits: InFlightLimits;
  readonly #ofOwners = new Map<string, number>();
  #ofAll = 0;

  constructor(limits: InFlightLimits) {
    this.#limits = limits;
  }

  open(owner: string): FileInFlight {
    let taken = 0;
    return {
      take: (bytes) => {
        const refusal = this.#refusal(owner, bytes);
        if (refusal !== undefined) return refusal;
        taken += bytes;
        this.#add(owner, bytes);
        return undefined;
      },
      release: () => {
        this.#add(owner, -taken);
        taken = 0;
      },
    };
  }

  #refusal(owner: string, bytes: number): string | undefined {
    const { mostBytesOfOwner, mostBytesOfAll } = this.#limits;
    if ((this.#ofOwners.get(owner) ?? 0) + bytes > mostBytesOfOwner) return `The files that are being fetched for this resource are larger than ${mostBytesOfOwner} bytes together. Try again in a moment.`;
    if (this.#ofAll + bytes > mostBytesOfAll) return `The files that this server is fetching are larger than ${mostBytesOfAll} bytes together. Try again in a moment.`;
    return undefined;
  }

  #add(owner: string, bytes: number): void {
    this.#ofAll += bytes;
    const ofOwner = (this.#ofOwners.get(owner) ?? 0) + bytes;
    if (ofOwner === 0) this.#ofOwners.delete(owner);
    else this.#ofOwners.set(owner, ofOwner);
  }
}
