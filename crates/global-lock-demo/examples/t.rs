use global_lock_demo::lock::Interval;
use global_lock_demo::strategy::{
    Strategy, fine_grained::FineGrained, none::Unprotected, under_lock::UnderLock,
};
use global_lock_demo::vm::code::*;
use global_lock_demo::vm::*;
fn program(n: i64) -> Program {
    use Instruction::*;
    Program {
        file: "t".into(),
        names: vec![],
        constants: vec![Constant::Int(n), Constant::Int(0), Constant::Int(1), Constant::None],
        codes: vec![Code {
            name: "<module>".into(),
            locals: vec!["n".into()],
            depth: 2,
            lines: vec![1; 14],
            instructions: vec![
                Resume,
                LoadConst(0),
                StoreFast(0),
                LoadFast(0),
                LoadConst(1),
                CompareOp(Comparison::Greater),
                PopJumpIf { when: false, back: false, to: 12 },
                LoadFast(0),
                LoadConst(2),
                BinaryOp(Binary::Subtract),
                StoreFast(0),
                JumpForward(13),
                LoadConst(3),
                ReturnValue,
            ],
        }],
    }
}
fn hog(n: i64) -> Program {
    use Instruction::*;
    let mut p = program(n);
    // 7: body; loop
    p.codes[0].instructions = vec![
        Resume,
        LoadConst(0),
        StoreFast(0),
        LoadFast(0),
        LoadConst(1),
        CompareOp(Comparison::Greater),
        PopJumpIf { when: false, back: false, to: 15 },
        LoadFast(0),
        LoadConst(2),
        BinaryOp(Binary::Subtract),
        StoreFast(0),
        LoadFast(0),
        LoadConst(1),
        CompareOp(Comparison::Greater),
        PopJumpIf { when: true, back: true, to: 7 },
        LoadConst(3),
        ReturnValue,
    ];
    p.codes[0].lines = vec![1; 17];
    p
}
fn time<S: Strategy + Default>() {
    let n: i64 = std::env::args().nth(1).map_or(20_000_000, |a| a.parse().unwrap());
    let p = hog(n);
    let mut best = f64::MAX;
    for _ in 0..if n < 10_000_000 { 1 } else { 5 } {
        let t = std::time::Instant::now();
        let o = Setup::new(S::default(), &p).run().unwrap();
        assert_eq!(o.left, 0);
        best = best.min(t.elapsed().as_secs_f64());
    }
    println!("{}: {:.2} ns an instruction", S::NAME, best * 1e9 / (n as f64 * 8.0));
}
fn main() {
    if std::env::args().count() > 1 {
        return time::<UnderLock<Interval>>();
    }
    time::<Unprotected>();
    time::<UnderLock<Interval>>();
    time::<FineGrained>();
    time::<Unprotected>();
    time::<UnderLock<Interval>>();
}
