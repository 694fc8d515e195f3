//! x
use stage::Scene;
/// x
pub const SCENE: Scene =
    Scene { name: "concurrent", title: "", claim: "", play: |_| Ok(()), try_this: "", read: "" };
