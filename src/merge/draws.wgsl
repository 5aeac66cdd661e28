// The random draws of one step for all layers: for every kernel its partner, or NOT_TRIED, into the step's log slot.
// Grid: x over kernels, y over layers. Source of the draws: draws.ref.ts, which gives the same bits.

@group(0) @binding(0) var<uniform> now: Step;
@group(0) @binding(1) var<storage, read> layers: array<Layer>;
@group(0) @binding(2) var<storage, read_write> slots: array<u32>;

@compute @workgroup_size(64)
fn draw(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let n = layers[id.y].kernels;
  let base = now.slot + layers[id.y].log;
  if (i == 0u) {
    slots[base] = now.stamp;
    slots[base + 1u] = 0u;
  }
  if (i >= n) {
    return;
  }
  let key = threefry2x32(now.key, vec2u(0u, layers[id.y].layer));
  let r = threefry2x32(key, vec2u(0u, i));
  var choice = NOT_TRIED;
  if (n > 1u && (r.x >> 8u) < now.coinBelow) {
    let j = r.y % (n - 1u);
    choice = j + select(0u, 1u, j >= i);
  }
  slots[base + HEADER + i] = choice;
}
