/** A ref that gives its element the focus when it appears. */
export function focusOnArrival(element: HTMLElement | null): void {
  element?.focus();
}
