/** In place of a member: the slot carries nobody. */
export const emptySlot = -1;

/**
 * Who is heard in which of a receiver's audio sections while its sound is forwarded. A member keeps its slot as long as it is audible, since another source in a section
 * costs the receiver a new beginning.
 */
export class AudioSlots {
  /** Member per slot, {@link emptySlot} where nobody is. */
  readonly members: Int32Array;

  constructor(count: number) {
    this.members = new Int32Array(count).fill(emptySlot);
  }

  /**
   * Gives slots to the audible members but for the receiver itself; where there are more of them than slots, the first ones count. True where a slot changed.
   * @param own The receiver's number as a member, {@link emptySlot} where it has none.
   */
  assign(audible: readonly number[], own: number): boolean {
    const wanted = audible.filter((member) => member !== own).slice(0, this.members.length);
    let isChanged = false;
    for (const [slot, member] of this.members.entries()) {
      if (member === emptySlot || wanted.includes(member)) continue;
      this.members[slot] = emptySlot;
      isChanged = true;
    }
    for (const member of wanted) {
      if (this.members.includes(member)) continue;
      this.members[this.members.indexOf(emptySlot)] = member;
      isChanged = true;
    }
    return isChanged;
  }
}
