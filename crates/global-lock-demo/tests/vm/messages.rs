//! What one interpreter gives to another is a copy.

use global_lock_demo::strategy::per_interpreter::{Isolated, run};
use global_lock_demo::vm::{Message, Program, Setup};

use crate::assemble::program;

fn keeping() -> Program {
    program(&[("<module>", "LOAD_NAME x; STORE_NAME x; LOAD_CONST None; RETURN_VALUE")])
}

/// Appends to the list in it, in place.
fn appending() -> Program {
    let append = "LOAD_NAME x; LOAD_METHOD append; LOAD_CONST 9; CALL 1; POP_TOP
        LOAD_CONST None; RETURN_VALUE";
    program(&[("<module>", append)])
}

fn through(program: &Program, message: &Message) -> Option<Message> {
    let setup = Setup::new(Isolated::default(), program).given("x", message.clone()).asked("x");
    let outcome = setup.run().unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(outcome.left, 0);
    outcome.answer
}

#[test]
fn every_value_that_can_be_given_comes_back() {
    for message in [
        Message::None,
        Message::Bool(true),
        Message::Int(-(1 << 62)),
        Message::Float(0.5),
        Message::Bytes(b"\x00x".to_vec()),
        Message::List(vec![]),
        Message::Tuple(vec![
            Message::List(vec![Message::Tuple(vec![]), Message::Float(-0.5)]),
            Message::Int(1),
        ]),
    ] {
        assert_eq!(through(&keeping(), &message).as_ref(), Some(&message));
    }
}

#[test]
fn a_change_is_seen_in_its_own_interpreter_only() {
    let message = Message::List(vec![Message::Int(1)]);
    let longer = Message::List(vec![Message::Int(1), Message::Int(9)]);
    let setup = |program: &Program, message: &Message| {
        Setup::new(Isolated::default(), program).given("x", message.clone()).asked("x")
    };
    let both = vec![setup(&appending(), &message), setup(&keeping(), &message)];
    let answers: Vec<_> = run(both).unwrap().into_iter().map(|outcome| outcome.answer).collect();
    assert_eq!(answers, [Some(longer.clone()), Some(message)]);
    assert_eq!(through(&keeping(), &longer), Some(longer), "one's answer is another's start");
}

#[test]
fn what_means_nothing_elsewhere_is_not_given() {
    let asked = |body: &str| {
        let body = format!("{body}; STORE_NAME x; LOAD_CONST None; RETURN_VALUE");
        let outcome =
            Setup::new(Isolated::default(), &program(&[("<module>", &body)])).asked("x").run();
        let outcome = outcome.unwrap_or_else(|why| panic!("{why}"));
        (outcome.answer, outcome.left)
    };
    assert_eq!(asked("LOAD_NAME print"), (None, 0));
    assert_eq!(asked("BUILD_LIST 0; BUILD_MAP 0; BUILD_LIST 2"), (None, 0));
    assert_eq!(asked("LOAD_CONST 1; STORE_NAME y; LOAD_CONST 2"), (Some(Message::Int(2)), 0));
    // A list that lies in itself is refused, and never freed: there is no collector of cycles.
    let (answer, left) = asked("BUILD_LIST 0; COPY 1; COPY 1; LIST_APPEND 1; POP_TOP");
    assert_eq!((answer, left), (None, 1));
    let nothing = Setup::new(Isolated::default(), &keeping()).given("x", Message::None).asked("y");
    assert_eq!(nothing.run().unwrap().answer, None);
}

#[test]
fn too_great_a_number_is_not_taken() {
    let great = Message::List(vec![Message::Float(1.5), Message::Int(i64::MAX)]);
    let setup = Setup::new(Isolated::default(), &keeping()).given("x", great);
    let failure = setup.run().unwrap_err();
    assert_eq!(failure.to_string(), "test.py, line 0, in <start>: OverflowError: too great");
}
