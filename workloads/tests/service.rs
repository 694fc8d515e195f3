//! The slow service and its clients.
use workloads::Service;

#[test]
fn a_service_that_sleeps_is_woken_to_end() {
    for _ in 0..50 {
        let service = Service::start().unwrap();
        let asleep = std::net::TcpStream::connect(service.address()).unwrap();
        // Read until the service must have accepted and gone back to sleep: nothing comes.
        std::thread::sleep(std::time::Duration::from_millis(2));
        drop(service);
        drop(asleep);
    }
}
