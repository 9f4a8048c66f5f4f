"""How gunicorn serves the floor: as it serves the product."""

wsgi_app = "bench.floor:app"
worker_class = "gthread"
control_socket_disable = True
timeout = 60
accesslog = None
