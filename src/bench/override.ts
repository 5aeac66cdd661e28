/** Own properties over those of the prototype; the object stays what it is, which native code asks for. */
export function override<T extends object>(target: T, properties: Record<string, unknown>): T {
  for (const [name, value] of Object.entries(properties))
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return target;
}
