/** Who gets the packets of one stream, as places in the table of sent streams: what a kernel goes through, in this order. Changing it leaves the array alone that is being gone through. */
export class Receivers {
  /** Of the stream that they receive; 0 as long as nobody does. */
  source = 0;
  places = new Int32Array(0);

  get count(): number {
    return this.places.length;
  }

  add(place: number): void {
    const places = new Int32Array(this.places.length + 1);
    places.set(this.places);
    places[this.places.length] = place;
    this.places = places;
  }

  remove(place: number): void {
    this.places = this.places.filter((other) => other !== place);
  }
}
