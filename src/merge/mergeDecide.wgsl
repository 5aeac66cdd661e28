// Second third of a merge: sums the partials, takes the cosine and decides, for 16 kernels a workgroup and all layers.
// Grid: x over blocks of 16 kernels, y over layers. Sixteen threads share a kernel; their sums meet in a fixed tree, and a
// kernel's norm is summed in the same order whoever asks, so that a run repeats bit for bit.

@group(0) @binding(0) var<uniform> now: Step;
@group(0) @binding(1) var<storage, read> layers: array<Layer>;
@group(0) @binding(2) var<storage, read_write> slots: array<atomic<u32>>;
@group(0) @binding(3) var<storage, read> partials: array<vec2f>;

const LANES = 16u;

var<workgroup> sums: array<vec3f, 256>;  // (k_i . k_j, |k_i|^2, |k_j|^2)

// WGSL may assume that NaN does not happen; the bits do not lie.
fn finite(v: vec3f) -> bool {
  return all((bitcast<vec3u>(v) & vec3u(0x7f800000u)) != vec3u(0x7f800000u));
}

@compute @workgroup_size(256)
fn decide(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let n = layers[group.y].kernels;
  if (group.x * LANES >= n) {
    return;
  }
  let i = group.x * LANES + thread % LANES;
  let lane = thread / LANES;
  let base = now.slot + layers[group.y].log;
  let firstPartial = layers[group.y].partials;
  var choice = NOT_TRIED;
  if (i < n) {
    choice = atomicLoad(&slots[base + HEADER + i]);
  }
  var sum = vec3f(0.0);
  if (choice != NOT_TRIED) {
    for (var chunk = lane; chunk < layers[group.y].chunks; chunk += LANES) {
      let own = partials[firstPartial + chunk * n + i];
      sum += vec3f(own.y, own.x, partials[firstPartial + chunk * n + choice].x);
    }
  }
  sums[thread] = sum;
  for (var half = LANES / 2u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      sums[thread] += sums[thread + half * LANES];
    }
  }
  if (lane > 0u || choice == NOT_TRIED) {
    return;
  }
  let total = sums[thread];
  let norm = sqrt(total.y) * sqrt(total.z);
  var bits = NO_SIMILARITY;
  var merges = false;
  if (finite(total)) {
    var similarity = 0.0;
    if (norm > 0.0) {
      similarity = clamp(total.x / norm, -1.0, 1.0);
    }
    bits = bitcast<u32>(similarity);
    let tau = layers[group.y].tau;
    merges = select(similarity > tau, similarity < tau, now.dissimilar != 0u);
  }
  atomicStore(&slots[base + HEADER + n + i], bits);
  if (merges) {
    atomicStore(&slots[base + HEADER + i], choice | MERGED);
    atomicAdd(&slots[base + 1u], 1u);
  }
}
