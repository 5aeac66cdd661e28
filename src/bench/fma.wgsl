// The most arithmetic that a device gives: eight independent chains of fused multiply-adds a thread, in registers alone.
// 64 floating-point operations a round and thread.

@group(0) @binding(0) var<storage, read_write> result : array<vec4f>;
@group(0) @binding(1) var<uniform> rounds : u32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id : vec3u) {
  let start = vec4f(f32(id.x & 15u)) * 0.001;
  let scale = start + 0.999;
  let shift = start + 0.0001;
  var a = start;
  var b = start + 1.0;
  var c = start + 2.0;
  var d = start + 3.0;
  var e = start + 4.0;
  var f = start + 5.0;
  var g = start + 6.0;
  var h = start + 7.0;
  for (var round = 0u; round < rounds; round++) {
    a = fma(a, scale, shift);
    b = fma(b, scale, shift);
    c = fma(c, scale, shift);
    d = fma(d, scale, shift);
    e = fma(e, scale, shift);
    f = fma(f, scale, shift);
    g = fma(g, scale, shift);
    h = fma(h, scale, shift);
  }
  result[id.x] = a + b + c + d + e + f + g + h;
}
